import { parse } from "yaml";
import type { JobCatalogue } from "../../../metrics/catalogue/types.js";
import { ofKind, type RenderedObject } from "../rendered/objects.js";

/** What Prometheus has to work with in one version of an overlay. */
export interface Monitoring {
  /** Names of the series that each job keeps; empty where it is not recorded what the job's targets expose. */
  readonly jobs: ReadonlyMap<string, ReadonlySet<string>>;
  /** Series that rules record. */
  readonly recorded: ReadonlySet<string>;
  /** What decides when each alert fires, as text, by the alert's name. */
  readonly alerts: ReadonlyMap<string, string>;
}

/** Names that are there in one version alone. */
export interface Difference {
  readonly added: readonly string[];
  readonly lost: readonly string[];
}

/** What an upgrade changes about what is monitored. */
export interface MonitoringChange {
  readonly jobs: Difference;
  /** By job, and `rules` for those that rules record; only where there is a difference. */
  readonly series: readonly (Difference & { readonly of: string })[];
  /** `changed`: its expression, how long it has to hold, or its labels. */
  readonly alerts: Difference & { readonly changed: readonly string[] };
}

interface ScrapeConfig {
  readonly job_name: string;
  readonly convert_classic_histograms_to_nhcb?: boolean;
  readonly metric_relabel_configs?: readonly RelabelConfig[];
}

interface RelabelConfig {
  readonly source_labels?: readonly string[];
  readonly regex?: string;
  readonly action?: string;
}

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

interface ConfigText {
  readonly scrape_configs?: readonly ScrapeConfig[];
  readonly groups?: readonly { readonly rules?: readonly Rule[] }[];
}

/**
 * Reads jobs, rules and alerts out of what an overlay renders.
 *
 * @param catalogues - what the targets of each job expose in that version, by the job's name.
 */
export function monitoringOf(
  objects: readonly RenderedObject[],
  catalogues: ReadonlyMap<string, JobCatalogue>,
): Monitoring {
  const texts = ofKind(objects, "v1/ConfigMap")
    .flatMap(({ data = {} }) => Object.entries(data))
    .filter(([file]) => /\.ya?ml$/.test(file))
    .map(([, text]) => parse(text) as ConfigText | null);
  const jobs = texts.flatMap((text) => text?.scrape_configs ?? []);
  const rules = texts.flatMap((text) => text?.groups ?? []).flatMap((group) => group.rules ?? []);
  return {
    jobs: new Map(jobs.map((job) => [job.job_name, kept(job, catalogues.get(job.job_name) ?? {})])),
    recorded: new Set(rules.flatMap(({ record }) => record ?? [])),
    alerts: alertsOf(rules),
  };
}

function alertsOf(rules: readonly Rule[]): ReadonlyMap<string, string> {
  const alerts = new Map<string, string>();
  for (const { alert, expr, for: held, keep_firing_for, labels } of rules) {
    if (alert === undefined) continue;
    // One alert may have a rule for each severity.
    alerts.set(alert, `${alerts.get(alert) ?? ""}${JSON.stringify([expr, held, keep_firing_for, labels])}\n`);
  }
  return alerts;
}

/** The names of the series that a job's lists let pass. */
function kept({ metric_relabel_configs = [], ...job }: ScrapeConfig, catalogue: JobCatalogue): ReadonlySet<string> {
  const lists = metric_relabel_configs
    .filter(
      ({ source_labels = [], action }) => source_labels.join() === "__name__" && /^(keep|drop)$/.test(action ?? ""),
    )
    .map(({ regex = "(.*)", action }) => ({ pattern: new RegExp(`^(?:${regex})$`, "s"), keeps: action === "keep" }));
  const names = Object.entries(catalogue).flatMap(([name, { type }]) =>
    type === "histogram" && job.convert_classic_histograms_to_nhcb ? [name] : seriesOf(name, type),
  );
  return new Set(names.filter((name) => lists.every(({ pattern, keeps }) => pattern.test(name) === keeps)));
}

function seriesOf(name: string, type: string): string[] {
  if (type === "histogram") return [`${name}_bucket`, `${name}_sum`, `${name}_count`];
  return type === "summary" ? [name, `${name}_sum`, `${name}_count`] : [name];
}

/** What an upgrade adds to what is monitored, and what it takes away. */
export function changedMonitoring(old: Monitoring, now: Monitoring): MonitoringChange {
  const byOrigin = ({ jobs, recorded }: Monitoring) => new Map([...jobs, ["rules", recorded]]);
  const [before, after] = [byOrigin(old), byOrigin(now)];
  const series = [...new Set([...before.keys(), ...after.keys()])].map((of) => ({
    of,
    ...difference([...(before.get(of) ?? [])], [...(after.get(of) ?? [])]),
  }));
  const changed = [...old.alerts].filter(([name, rule]) => (now.alerts.get(name) ?? rule) !== rule);
  return {
    jobs: difference([...old.jobs.keys()], [...now.jobs.keys()]),
    series: series.filter(({ added, lost }) => added.length + lost.length > 0),
    alerts: {
      ...difference([...old.alerts.keys()], [...now.alerts.keys()]),
      changed: changed.map(([name]) => name).sort(),
    },
  };
}

/** What is in one of two lists alone. */
export function difference(old: readonly string[], now: readonly string[]): Difference {
  const [before, after] = [new Set(old), new Set(now)];
  return {
    added: [...after].filter((name) => !before.has(name)).sort(),
    lost: [...before].filter((name) => !after.has(name)).sort(),
  };
}
