import type { JobCatalogue, KnownValues, Metric, MetricType } from "../../../metrics/catalogue/types.js";
import { generalValues } from "./general-values.js";

/** What Prometheus keeps of a metric's `# TYPE`, `# HELP` and `# UNIT` lines, target by target. */
export interface Metadata {
  readonly metric: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

/** All labels of one series, its name as `__name__`. */
export type SeriesLabels = Readonly<Record<string, string>>;

/**
 * What a job exposes, out of the metadata and the series of its targets.
 *
 * Series without metadata are left out: they are what rules and alerts made of the job's series, and what Prometheus adds
 * to every target.
 *
 * @param targetLabels - labels that come from the target, not from what it exposes.
 */
export function record(
  metadata: readonly Metadata[],
  series: readonly SeriesLabels[],
  targetLabels: readonly string[],
): JobCatalogue {
  const described = new Map(metadata.map((one) => [one.metric, one]));
  const families = grouped(series.map((labels) => [familyOf(labels.__name__ ?? "", described), labels]));
  families.delete(undefined);
  return sorted([...families].map(([name = "", all]) => [name, metricOf(name, described, all, targetLabels)] as const));
}

function grouped<K, V>(entries: readonly (readonly [K, V])[]): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const [key, value] of entries) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

/** Entries by their keys, in the order of the alphabet. */
export function sorted<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries([...entries].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The metric that a series belongs to; OpenMetrics leaves the ending of a counter out of its metadata. */
function familyOf(name: string, described: ReadonlyMap<string, Metadata>): string | undefined {
  if (described.has(name)) return name;
  const base = name.replace(/_(bucket|sum|count)$/, "");
  if (/^(histogram|summary)$/.test(described.get(base)?.type ?? "")) return base;
  return described.get(name.replace(/_total$/, ""))?.type === "counter" ? name : undefined;
}

function metricOf(
  name: string,
  described: ReadonlyMap<string, Metadata>,
  series: readonly SeriesLabels[],
  targetLabels: readonly string[],
): Metric {
  const { type = "", help = "", unit = "" } = described.get(name) ?? described.get(name.replace(/_total$/, "")) ?? {};
  const foreign = new Set(["__name__", ...targetLabels]);
  const values = grouped(series.flatMap((labels) => Object.entries(labels).filter(([label]) => !foreign.has(label))));
  const structural = ["le", "quantile"];
  const optional = [...values].flatMap(([label, seen]) =>
    seen.length < series.length && !structural.includes(label) ? [label] : [],
  );
  return {
    type: typeOf(type),
    unit: unit || unitOf(name),
    help,
    labels: sorted([...values].map(([label, seen]): [string, KnownValues] => [label, generalValues(label, seen)])),
    ...(optional.length > 0 && { optional: optional.sort() }),
  };
}

function typeOf(type: string): MetricType {
  switch (type) {
    case "counter":
    case "gauge":
    case "histogram":
    case "summary":
      return type;
    case "info":
    case "stateset":
      return "gauge";
    default:
      return "unknown";
  }
}

/** The unit that a name ends with; the older text format has no line for it. */
function unitOf(name: string): string {
  return (
    /_(seconds|bytes|ratio|celsius|volts|amperes|joules|meters|hertz|cores|percent)(_total)?$/.exec(name)?.[1] ?? ""
  );
}
