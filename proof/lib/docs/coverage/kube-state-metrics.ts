import type { CoverageRow } from "./types.js";

/** How kube-state-metrics fails. */
export const kubeStateMetrics: readonly CoverageRow[] = [
  { failureMode: "kube-state-metrics is away", alert: "KubeStateMetricsDown" },
  {
    failureMode: "several instances report the same objects",
    knownAs: "KubeStateMetricsShardingMismatch",
    alert: "KubeStateMetricsDuplicated",
  },
  {
    failureMode: "a shard is missing",
    knownAs: "KubeStateMetricsShardsMissing",
    reason: "One instance reports every object here: there are no shards. That it is missing is KubeStateMetricsDown.",
  },
];
