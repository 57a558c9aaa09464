import { milliseconds } from "../../../metrics/duration.js";
import type { Selector } from "../../../metrics/promql/selectors.js";
import type { InstantSample, PrometheusApi } from "../prometheus.js";
import { type Count, type Measured, naming } from "./bill.js";
import type { Query } from "./queries.js";

/** What Prometheus adds to every target. */
const added = /^(up|scrape_.*)$/;

/** A URL may be that long on its way through the API server. */
const longest = 6000;

/** Every expression that does not depend on what is read. */
const expressions = {
  kept: 'count by (job, __name__) ({__name__=~".+", job!=""})',
  scraped: "sum by (job) (scrape_samples_scraped)",
  bytes: "sum by (job) (scrape_body_size_bytes)",
  headSeries: 'max(prometheus_tsdb_head_series{job="prometheus"})',
  memory: 'max(process_resident_memory_bytes{job="prometheus"})',
  nodes: 'count(up{job="kubelet"})',
  pods: "count(count by (namespace, pod) (kube_pod_info)) or sum(kubelet_running_pods)",
  bytesPerSample:
    'sum(increase(prometheus_tsdb_compaction_chunk_size_bytes_sum{job="prometheus"}[1d]))' +
    ' / sum(increase(prometheus_tsdb_compaction_chunk_samples_sum{job="prometheus"}[1d]))',
} as const;

/**
 * Asks a Prometheus what its jobs have given it, and what these queries take of that.
 *
 * @param at - in seconds since 1970; absent: now
 * @throws Failure when it does not answer.
 */
export async function measure(api: PrometheusApi, queries: readonly Query[], at?: number): Promise<Measured> {
  const [brief, headSeries, memory, nodes, pods, bytesPerSample] = await Promise.all([
    measureBriefly(api, queries, at),
    ...(["headSeries", "memory", "nodes", "pods", "bytesPerSample"] as const).map((name) =>
      api.instant(expressions[name], at),
    ),
  ]);
  const names = new Set(brief.kept.map(({ name }) => name));
  const taken: Count[] = [];
  for (const expression of takenExpressions(queries, names)) {
    taken.push(...counts(await api.instant(expression, at), "metric"));
  }
  const number = (answer: readonly InstantSample[] | undefined) => {
    const value = Number(answer?.[0]?.value[1] ?? Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  return {
    ...brief,
    taken: taken.filter(ofJobs(queries)),
    headSeries: number(headSeries),
    memory: number(memory),
    nodes: number(nodes) ?? 0,
    pods: number(pods) ?? 0,
    bytesPerSample: number(bytesPerSample),
  };
}

/**
 * What {@link measure} asks for, in four calls: no labels are looked at, and nothing but jobs.
 *
 * @param at - in seconds since 1970; absent: now
 * @throws Failure when it does not answer.
 */
export async function measureBriefly(
  api: PrometheusApi,
  queries: readonly Query[],
  at?: number,
): Promise<Pick<Measured, "jobs" | "kept">> {
  const [targets, kept, scraped, bytes] = await Promise.all([
    api.targets(),
    ...(["kept", "scraped", "bytes"] as const).map((name) => api.instant(expressions[name], at)),
  ]);
  const of = (answer: readonly InstantSample[] | undefined, job: string) => {
    const found = answer?.find(({ metric }) => metric.job === job);
    return found === undefined ? undefined : Number(found.value[1]);
  };
  const jobs = [...new Set(targets.map(({ labels }) => labels.job ?? ""))].sort();
  return {
    jobs: jobs.map((job) => {
      const own = targets.filter(({ labels }) => labels.job === job);
      return {
        job,
        targets: own.length,
        scraped: of(scraped, job) ?? 0,
        bytes: of(bytes, job),
        intervalSeconds: milliseconds(own[0]?.scrapeInterval ?? "15s") / 1000,
      };
    }),
    kept: counts(kept ?? [], "__name__").filter(ofJobs(queries)),
  };
}

function ofJobs(queries: readonly Query[]): (count: Count) => boolean {
  const recorded = new Set(queries.flatMap(({ kind, name }) => (kind === "record" ? [name] : [])));
  return ({ name }) => !added.test(name) && !recorded.has(name);
}

function counts(answer: readonly InstantSample[], label: string): Count[] {
  return answer.map(({ metric, value }) => ({
    job: metric.job ?? "",
    name: metric[label] ?? "",
    series: Number(value[1]),
  }));
}

/**
 * Expressions that count the series which some selector takes, each once, by job and by name in the label `metric`: a few
 * names in each, as each call takes its time.
 *
 * @param names - every name that there is
 */
export function takenExpressions(queries: readonly Query[], names: ReadonlySet<string>): readonly string[] {
  const bySelector = new Map<string, Set<string>>();
  for (const selector of queries.flatMap(({ expression }) => naming(expression))) {
    const { metric } = selector;
    for (const name of metric === undefined ? names : [metric]) {
      if (names.has(name)) bySelector.set(name, (bySelector.get(name) ?? new Set()).add(written(name, selector)));
    }
  }
  const each = [...bySelector].map(
    ([name, all]) => `label_replace(${[...all].join(" or ")}, "metric", "${name}", "", "")`,
  );
  const batches: string[][] = [];
  for (const one of each) {
    const last = batches.at(-1);
    if (last !== undefined && [...last, one].join(" or ").length < longest) last.push(one);
    else batches.push([one]);
  }
  return batches.map((batch) => `count by (job, metric) (${batch.join(" or ")})`);
}

function written(name: string, { matchers }: Selector): string {
  const own = matchers.map(({ label, operator, value }) => `${label}${operator}${JSON.stringify(value)}`);
  return `{${[`__name__="${name}"`, ...own].join(",")}}`;
}
