import type { CoverageRow } from "./types.js";

/** How kube-state-metrics fails to ask the API server. */
export const kubeStateMetricsTelemetry: readonly CoverageRow[] = [
  {
    failureMode: "objects cannot be listed",
    knownAs: "KubeStateMetricsListErrors",
    alert: "KubeStateMetricsListErrors",
  },
  {
    failureMode: "objects cannot be watched",
    knownAs: "KubeStateMetricsWatchErrors",
    alert: "KubeStateMetricsWatchErrors",
  },
];
