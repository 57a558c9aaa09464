import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { $ } from "zx";
import { images } from "../../../generators/versions.js";
import { nameOf, ofKind, type RenderedObject } from "../rendered/objects.js";
import { type Workload, workloadsOf } from "../rendered/workloads.js";
import { toolchain } from "../toolchain/index.js";
import type { Check, Finding } from "./check.js";

const file = "alertmanager.yml";

/** What `amtool check-config` says of each alertmanager.yml. */
export const alertmanagerConfig: Check = {
  name: "alertmanager config",
  async run({ objects }) {
    const mounted = new Set(workloadsOf({ objects }).filter(isAlertmanager).flatMap(configMapsOf));
    const maps = ofKind(objects, "v1/ConfigMap").filter(({ metadata }) => mounted.has(metadata.name));
    return (await Promise.all(maps.map(findingsOf))).flat();
  },
};

function isAlertmanager({ containers }: Workload): boolean {
  return containers.some(({ image }) => image?.startsWith(`${images.alertmanager.repository}:`));
}

function configMapsOf({ pod }: Workload): string[] {
  return (pod.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
}

async function findingsOf(map: RenderedObject & { data?: Record<string, string> }): Promise<Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), "alertmanager-"));
  try {
    const path = join(folder, file);
    await writeFile(path, map.data?.[file] ?? "");
    const amtool = await toolchain.tool("amtool");
    const { exitCode, stdout, stderr } = await $({ quiet: true, nothrow: true })`${amtool} check-config ${path}`;
    if (exitCode === 0) return [];
    const said = `${stdout}\n${stderr}`.split("\n").find((line) => /FAILED|error/i.test(line)) ?? stderr;
    return [
      {
        object: nameOf(map),
        message: `${file}: ${said.replaceAll(path, file).trim()}`,
        fix: "correct it in generators/alertmanager/config.ts, or in the file with which an overlay replaces it",
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}
