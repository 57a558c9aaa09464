import { milliseconds } from "../../../../generators/settings/index.js";
import { type HistogramForm, histogram } from "../../../../metrics/promql/histogram.js";
import type { ActiveTarget, InstantSample, PrometheusApi, Range, RangeSeries, RuleGroup } from "../../prometheus.js";
import { projectSettings } from "../../settings.js";

/** A line in a plot: seconds since 1970 and values. */
export type Points = readonly (readonly [seconds: number, value: number])[];

/** What is known of one node's last hour. */
export interface NodeFigures {
  readonly name: string;
  /** Share of time in which its cores were busy, from 0 to 1. */
  readonly busy: Points;
  /** The same for each core, in the order of their numbers. */
  readonly cores: readonly { readonly name: string; readonly busy: Points }[];
  /** Bytes that are not available to programs. */
  readonly memory: Points;
  readonly memoryTotal: number;
}

/** What one job costs. */
export interface JobCost {
  readonly job: string;
  /** Samples that one round of scrapes of all targets gives. */
  readonly scraped: number;
  /** Series that are kept of them. */
  readonly series: number;
  readonly samplesPerSecond: number;
  /** Seconds that one round takes, of all targets together. */
  readonly scrapeSeconds: number;
  /** What one round transfers, uncompressed; undefined where Prometheus does not count it. */
  readonly bodyBytes: number | undefined;
}

/** What the page shows besides the report: one Prometheus' answers. */
export interface Figures {
  readonly pod: string;
  /** Of all plots. */
  readonly range: Range;
  /** The busiest first. */
  readonly nodes: readonly NodeFigures[];
  /** How many more nodes there are. */
  readonly otherNodes: number;
  readonly groups: readonly RuleGroup[];
  readonly targets: readonly ActiveTarget[];
  readonly costs: readonly JobCost[];
  readonly headSeries: number | undefined;
  readonly memoryBytes: number | undefined;
  /** Bytes on disk that a sample takes; undefined before the first compaction. */
  readonly bytesPerSample: number | undefined;
}

const shownNodes = 12;
const rangeSeconds = 3600;
const memory = (what: string) => `sum by (node, instance) (node_memory_${what}_bytes{job="node-exporter"})`;

/** What the page asks of processors, over four scrapes, so that one that fails does no harm. */
export function processors(scrapeInterval: string) {
  const window = `${(4 * milliseconds(scrapeInterval)) / 1000}s`;
  const idle = `rate(node_cpu_seconds_total{job="node-exporter", mode="idle"}[${window}])`;
  return { busy: `1 - avg by (node, instance) (${idle})`, cores: `1 - sum by (node, instance, cpu) (${idle})` };
}

const bytesPerSample = (form: HistogramForm) => {
  const compacted = (name: string) => histogram(form, name, 'job="prometheus"', { increase: "1d" }).sum();
  return `${compacted("prometheus_tsdb_compaction_chunk_size_bytes")} / ${compacted("prometheus_tsdb_compaction_chunk_samples")}`;
};

/** Every other expression that the page asks for. */
export const expressions = {
  memory: `${memory("MemTotal")} - ${memory("MemAvailable")}`,
  memoryTotal: memory("MemTotal"),
  headSeries: 'max(prometheus_tsdb_head_series{job="prometheus"})',
  memoryBytes: 'max(process_resident_memory_bytes{job="prometheus"})',
  bytesPerSample: `${bytesPerSample("classic")} or ${bytesPerSample("native")}`,
  scraped: "sum by (job) (scrape_samples_scraped)",
  series: "sum by (job) (scrape_samples_post_metric_relabeling)",
  scrapeSeconds: "sum by (job) (scrape_duration_seconds)",
  bodyBytes: "sum by (job) (scrape_body_size_bytes)",
} as const;

/**
 * Asks one Prometheus for all that the page shows.
 *
 * @param now end of the plots, in seconds since 1970
 */
export async function figuresOf(
  api: PrometheusApi,
  now: number,
  { scrape: { interval } } = projectSettings(),
): Promise<Figures> {
  const processor = processors(interval);
  const range = { start: now - rangeSeconds, end: now, step: milliseconds(interval) / 1000 };
  const [busy, used, total, groups, targets, costsAt, ...numbers] = await Promise.all([
    api.range(processor.busy, range),
    api.range(expressions.memory, range),
    api.instant(expressions.memoryTotal),
    api.rules(),
    api.targets(),
    costsOf(api),
    ...(["headSeries", "memoryBytes", "bytesPerSample"] as const).map((name) => number(api, expressions[name])),
  ]);
  const [headSeries, memoryBytes, bytesPerSample] = numbers;
  const last = ({ values }: RangeSeries) => Number(values.at(-1)?.[1] ?? 0);
  const shown = [...busy].sort((one, other) => last(other) - last(one)).slice(0, shownNodes);
  const cores = await Promise.all(
    shown.map(async (node) => coresOf(await api.range(ofNode(processor.cores, node), range))),
  );
  return {
    pod: api.name,
    range,
    nodes: shown.map((node, index) => ({
      name: nameOf(node),
      busy: points(node),
      cores: cores[index] ?? [],
      memory: points(used.find((one) => nameOf(one) === nameOf(node))),
      memoryTotal: Number(total.find((one) => nameOf(one) === nameOf(node))?.value[1] ?? 0),
    })),
    otherNodes: busy.length - shown.length,
    groups,
    targets,
    costs: costsAt(targets, interval),
    headSeries,
    memoryBytes,
    bytesPerSample,
  };
}

/** The cores of one node: asked for by its instance, so that a large cluster is not asked for all of its cores. */
function ofNode(cores: string, { metric }: RangeSeries): string {
  return cores.replace('job="node-exporter"', `job="node-exporter", instance=${JSON.stringify(metric.instance)}`);
}

function coresOf(series: readonly RangeSeries[]): NodeFigures["cores"] {
  const cores = series.map((core) => ({ name: core.metric.cpu ?? "", busy: points(core) }));
  return cores.sort((one, other) => Number(one.name) - Number(other.name));
}

/** What each job costs, as soon as it is known how often each scrapes. */
async function costsOf(api: PrometheusApi): Promise<(targets: readonly ActiveTarget[], usual: string) => JobCost[]> {
  const [scraped, series, seconds, bytes] = await Promise.all(
    (["scraped", "series", "scrapeSeconds", "bodyBytes"] as const).map((name) => api.instant(expressions[name])),
  );
  const of = (answer: readonly InstantSample[] | undefined, job: string) => {
    const found = answer?.find(({ metric }) => metric.job === job);
    return found && Number(found.value[1]);
  };
  const jobs = [...new Set((scraped ?? []).map(({ metric }) => metric.job ?? ""))].sort();
  return (targets, usual) =>
    jobs.map((job) => {
      const interval = targets.find(({ labels }) => labels.job === job)?.scrapeInterval ?? usual;
      return {
        job,
        scraped: of(scraped, job) ?? 0,
        series: of(series, job) ?? 0,
        samplesPerSecond: ((of(series, job) ?? 0) * 1000) / milliseconds(interval),
        scrapeSeconds: of(seconds, job) ?? 0,
        bodyBytes: of(bytes, job),
      };
    });
}

async function number(api: PrometheusApi, expression: string): Promise<number | undefined> {
  const value = await api.value(expression);
  return Number.isFinite(value) ? value : undefined;
}

function nameOf({ metric }: Pick<RangeSeries, "metric">): string {
  return metric.node ?? metric.instance ?? "";
}

function points(series: RangeSeries | undefined): Points {
  return (series?.values ?? []).map(([seconds, value]) => [seconds, Number(value)]);
}
