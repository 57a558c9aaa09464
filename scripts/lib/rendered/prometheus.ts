import type { IContainer } from "kubernetes-models/v1/Container";
import { parse } from "yaml";
import type { OwnJob } from "../../../generators/derive/own-jobs.js";
import type { RelabelStep } from "../../../metrics/relabelling.js";
import { remembered, rememberedByText } from "../../../metrics/remembered.js";
import type { ScrapeConfig } from "../../../metrics/scrape-job.js";
import { matches } from "./glob.js";
import { type Mounted, type MountedFile, mountedIn } from "./mounted.js";
import type { Rendered } from "./objects.js";
import { environmentOf, expand } from "./variables.js";
import { type Workload, workloadsOf } from "./workloads.js";

/**
 * What finds targets or Alertmanagers and connects to them, as anybody may write it.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/
 */
export interface ClientConfig extends Partial<Omit<OwnJob, "authorization">> {
  readonly scrape_interval?: string;
  readonly convert_classic_histograms_to_nhcb?: boolean;
  readonly scrape_native_histograms?: boolean;
  readonly basic_auth?: unknown;
  readonly authorization?: unknown;
  readonly oauth2?: unknown;
  readonly http_headers?: unknown;
  readonly file_sd_configs?: readonly { readonly files?: readonly string[] }[];
  readonly metric_relabel_configs?: readonly RelabelStep[];
}

/** One part of the configuration that connects to something. */
export interface Client {
  /** `job kubelet`, `the alerting block`. */
  readonly who: string;
  readonly file: MountedFile;
  readonly config: ClientConfig;
}

/** What a job takes from `global` where it does not say how histograms are kept. */
type HistogramSetting =
  | "always_scrape_classic_histograms"
  | "convert_classic_histograms_to_nhcb"
  | "scrape_native_histograms";

/** A Prometheus that the overlay runs, and what it reads. */
export interface RenderedPrometheus {
  readonly workload: Workload;
  readonly container: IContainer;
  readonly mounted: Mounted;
  readonly main: MountedFile;
  readonly global: Pick<ScrapeConfig, "scrape_interval" | HistogramSetting> & { readonly evaluation_interval?: string };
  readonly clients: readonly Client[];
  /** Jobs whose samples its rules and pages see: its own, and where it reads other Prometheus, theirs. */
  readonly seen: readonly Client[];
  readonly rules: readonly MountedFile[];
  /** Files that are mounted and look like configuration or rules, and that no pattern reads. */
  readonly unread: readonly MountedFile[];
  readonly hasAlertmanagers: boolean;
}

interface Config {
  readonly global?: RenderedPrometheus["global"] | null;
  readonly alerting?: { readonly alertmanagers?: readonly ClientConfig[] } | null;
  readonly rule_files?: readonly string[];
  readonly remote_read?: readonly unknown[];
  readonly scrape_config_files?: readonly string[];
  readonly scrape_configs?: readonly ClientConfig[];
}

/** Whether a container runs a program, by its image, under whichever registry, unless its command is another one. */
export function runs({ image, command }: IContainer, program: string): boolean {
  const isAnother = command !== undefined && !command.some((word) => word.includes(program));
  return !isAnother && new RegExp(`(^|/)${program}(:|@|$)`).test(image ?? "");
}

/** The path of the configuration that a container is told to read; undefined where only the cluster knows it. */
export function configPath(
  container: IContainer,
  namespace: string | undefined,
  objects: Rendered["objects"],
  usual: string,
): string | undefined {
  const prefix = "--config.file=";
  const argument = container.args?.find((text) => text.startsWith(prefix)) ?? `${prefix}${usual}`;
  return expand(argument.slice(prefix.length), environmentOf(container, namespace, objects)).text;
}

/** Every Prometheus of the overlay whose configuration is there to read: what is wrong with it promtool says. */
export function prometheusesOf({ objects }: Pick<Rendered, "objects">): readonly RenderedPrometheus[] {
  return among(objects);
}

const among = remembered((objects: Rendered["objects"]): readonly RenderedPrometheus[] => {
  const all = apartOf(objects);
  return all.map((one) => {
    if ((read(one.main).remote_read ?? []).length === 0) return one;
    const jobs = [...one.clients, ...all.flatMap(({ clients }) => clients)].filter(({ config }) => config.job_name);
    return { ...one, seen: [...new Map(jobs.toReversed().map((job) => [job.config.job_name, job])).values()] };
  });
});

/** Each Prometheus, as if it read no other. */
function apartOf(objects: Rendered["objects"]): readonly RenderedPrometheus[] {
  return workloadsOf({ objects }).flatMap((workload) =>
    workload.containers
      .filter((container) => runs(container, "prometheus"))
      .flatMap((container): RenderedPrometheus[] => {
        const path = configPath(container, workload.namespace, objects, "/etc/prometheus/prometheus.yml");
        const mounted = mountedIn(container, workload, objects);
        const main = path === undefined ? undefined : mounted.files.get(path);
        if (main === undefined) return [];
        const folder = (path ?? "").replace(/\/[^/]*$/, "");
        const config = read(main);
        const found = (patterns: readonly string[] = []) =>
          [...mounted.files].flatMap(([file, content]) =>
            patterns.some((pattern) => matches(pattern.startsWith("/") ? pattern : `${folder}/${pattern}`, file))
              ? [content]
              : [],
          );
        const jobs = [main, ...found(config.scrape_config_files)].flatMap((file) =>
          (read(file).scrape_configs ?? []).map((job) => ({ who: `job ${job.job_name}`, file, config: job })),
        );
        const alertmanagers = (config.alerting?.alertmanagers ?? []).map((one) => ({
          who: "the alerting block",
          file: main,
          config: one,
        }));
        const rules = found(config.rule_files);
        const inUse = new Set([main, ...found(config.scrape_config_files), ...rules]);
        const unread = [...mounted.files.values()].filter(
          (file) => !inUse.has(file) && /^("?scrape_configs"?|"?groups"?)\s*:/m.test(file.text),
        );
        return [
          {
            workload,
            container,
            mounted,
            main,
            global: config.global ?? {},
            clients: [...jobs, ...alertmanagers],
            seen: jobs,
            rules,
            unread,
            hasAlertmanagers: (config.alerting?.alertmanagers ?? []).length > 0,
          },
        ];
      }),
  );
}

function read(file: MountedFile): Config {
  return (parsed(file) ?? {}) as Config;
}

/** A file of YAML as Go reads it: a field without a value is one that is not there. */
export function parsed({ text }: Pick<MountedFile, "text">): unknown {
  return once(text, () => parse(text, (_, value: unknown) => value ?? undefined));
}

/** Several overlays have the same files. */
const once = rememberedByText<unknown>();
