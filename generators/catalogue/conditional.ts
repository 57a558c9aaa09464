import type { ConditionalMetric, JobCatalogue, Metric } from "./types.js";

/** What is not in the recordings, and why it is all the same there when it matters. */
export const conditional: readonly ConditionalMetric[] = [
  ...["node_md_disks", "node_md_disks_required"].map(
    (metric): ConditionalMetric => ({
      job: "node-exporter",
      metric,
      type: "gauge",
      labels: { device: null, ...(metric === "node_md_disks" && { state: ["active", "failed", "spare"] }) },
      reason: "nodes with Linux software RAID",
      source: "https://github.com/prometheus/node_exporter/blob/v1.12.1/collector/mdadm_linux.go",
    }),
  ),
  ...["node_bonding_slaves", "node_bonding_active"].map(
    (metric): ConditionalMetric => ({
      job: "node-exporter",
      metric,
      type: "gauge",
      labels: { master: null },
      reason: "nodes with bonded network interfaces",
      source: "https://github.com/prometheus/node_exporter/blob/v1.12.1/collector/bonding_linux.go",
    }),
  ),
  ...Object.entries({
    prometheus_remote_storage_queue_highest_sent_timestamp_seconds: "gauge",
    prometheus_remote_storage_queue_highest_timestamp_seconds: "gauge",
    prometheus_remote_storage_samples_failed_total: "counter",
    prometheus_remote_storage_samples_total: "counter",
    prometheus_remote_storage_shards_desired: "gauge",
    prometheus_remote_storage_shards_max: "gauge",
  } as const).map(
    ([metric, type]): ConditionalMetric => ({
      job: "prometheus",
      metric,
      type,
      labels: { remote_name: null, url: null },
      reason: "a Prometheus that an environment gives a remote_write",
      source: "https://github.com/prometheus/prometheus/blob/v3.16.0/storage/remote/queue_manager.go",
    }),
  ),
  {
    job: "prometheus",
    metric: "prometheus_sd_refresh_failures_total",
    type: "counter",
    labels: { mechanism: null, config: null },
    reason: "discovery that asks at intervals (DNS, HTTP, a cloud), which an environment may add; Kubernetes pushes",
    source: "https://github.com/prometheus/prometheus/blob/v3.16.0/discovery/metrics_refresh.go",
  },
];

/**
 * What a job exposes at one time or another: its recording, and what is declared beside it. Declared values and labels of
 * a recorded metric are added to its own; a label that only the declaration knows is not always there.
 *
 * @throws Error when a declaration and the recording disagree on a metric's type.
 */
export function withConditional(
  job: string,
  recorded: JobCatalogue,
  declared: readonly ConditionalMetric[] = conditional,
): JobCatalogue {
  const all = new Map(Object.entries(recorded));
  for (const one of declared.filter((candidate) => candidate.job === job)) {
    const known = all.get(one.metric);
    if (known !== undefined && known.type !== one.type) {
      throw new Error(`${one.metric} of job ${job} is declared a ${one.type}, and was recorded as a ${known.type}`);
    }
    all.set(one.metric, known === undefined ? declaredMetric(one) : extended(known, one));
  }
  return Object.fromEntries(all);
}

function declaredMetric({ type, labels, reason }: ConditionalMetric): Metric {
  return { type, unit: "", help: reason, labels };
}

function extended(known: Metric, { labels }: ConditionalMetric): Metric {
  const added = Object.entries(labels).map(([label, values]) => {
    const before = known.labels[label];
    const both = values === null || before === null ? null : [...new Set([...(before ?? []), ...values])];
    return [label, both] as const;
  });
  const unseen = Object.keys(labels).filter((label) => !(label in known.labels));
  return {
    ...known,
    labels: { ...known.labels, ...Object.fromEntries(added) },
    optional: [...(known.optional ?? []), ...unseen],
  };
}
