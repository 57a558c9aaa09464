import { posix } from "node:path";
import { parse } from "yaml";
import { defaultModule } from "../../../generators/settings/probe-modules.js";
import type { Expectation, ScrapeConfig, StaticConfig } from "../../../metrics/scrape-job.js";
import { hostAndPort } from "../address.js";
import type { Bundle } from "../bundle/index.js";
import { Failure } from "../failure.js";
import { matches } from "../rendered/glob.js";
import type { ExpectedTarget } from "./target.js";

/**
 * The probes that the files beside a job ask for.
 *
 * @throws Failure that names a file which is no list of targets.
 */
export function probeTargets(
  { by, port }: Extract<Expectation, { every: "probe" }>,
  { metrics_path = "/metrics", file_sd_configs = [] }: ScrapeConfig,
  { overlay, configMaps }: Pick<Bundle, "overlay" | "configMaps">,
): ExpectedTarget[] {
  const patterns = file_sd_configs.flatMap(({ files }) => files).map((file) => posix.basename(file));
  const lists = configMaps.flatMap(({ name, data }) =>
    Object.entries(data)
      .filter(([file]) => patterns.some((pattern) => matches(pattern, file)))
      .flatMap(([file, text]) => listOf(`${overlay}: ${file} of ConfigMap ${name}`, text)),
  );
  return lists.flatMap(({ targets, labels = {} }) =>
    targets.map((target) => ({
      owner: `probe of ${target}`,
      addresses: [hostAndPort(by, port.number)],
      path: `${metrics_path}?${new URLSearchParams({ module: labels.module ?? defaultModule, target })}`,
      required: true,
    })),
  );
}

function listOf(file: string, text: string): readonly StaticConfig[] {
  const wrong = (what: string) =>
    new Failure(
      `${file} ${what}`,
      'write a list such as "- { targets: [https://example.com], labels: { module: tls } }"',
    );
  try {
    const list: unknown = parse(text) ?? [];
    if (Array.isArray(list) && list.every((entry) => Array.isArray(entry?.targets))) return list;
  } catch (error) {
    throw wrong(`is not YAML: ${(error as Error).message}`);
  }
  throw wrong("is no list of targets");
}
