import type { JobCatalogue } from "../../metrics/catalogue/types.js";
import { check } from "../../metrics/promql/check.js";
import type { HistogramForm } from "../../metrics/promql/histogram.js";
import type { View } from "../../metrics/promql/series.js";
import type { RuleFile } from "../../metrics/rule-file.js";
import { viewOf } from "../../metrics/view.js";

const nodeMetrics: JobCatalogue = {
  node_cpu_seconds_total: {
    type: "counter",
    unit: "seconds",
    help: "",
    labels: { cpu: null, mode: ["idle", "iowait", "user"] },
  },
  node_memory_MemFree_bytes: { type: "gauge", unit: "bytes", help: "", labels: {} },
  node_memory_MemTotal_bytes: { type: "gauge", unit: "bytes", help: "", labels: {} },
  node_vmstat_pgmajfault: { type: "unknown", unit: "", help: "", labels: {} },
};

const serverMetrics: JobCatalogue = {
  request_duration_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "",
    labels: { code: ["200", "404", "500"], le: ["0.1", "3.0", "+Inf"] },
  },
  gc_duration_seconds: { type: "summary", unit: "seconds", help: "", labels: { quantile: ["0.5", "1.0"] } },
  requests_total: {
    type: "counter",
    unit: "",
    help: "",
    labels: { code: ["200", "404", "500"], user: null },
    optional: ["user"],
  },
};

const stateMetrics: JobCatalogue = {
  kube_node_info: { type: "gauge", unit: "", help: "", labels: { node: null } },
  kube_pod_info: { type: "gauge", unit: "", help: "", labels: { namespace: null, pod: null, node: null } },
};

/** Three jobs that are on, one that is off, and rules. The job `server` keeps its histograms in these forms. */
export function viewWith(
  rules: RuleFile["groups"][number]["rules"] = [],
  forms: readonly HistogramForm[] = ["classic"],
): View {
  const intervalMs = 15_000;
  return viewOf(
    [
      { job: "node", on: true, targetLabels: ["instance", "job", "node"], intervalMs, metrics: nodeMetrics },
      { job: "server", on: true, targetLabels: ["instance", "job"], intervalMs, metrics: serverMetrics, forms },
      { job: "kube-state-metrics", on: true, targetLabels: ["instance", "job"], intervalMs, metrics: stateMetrics },
      {
        job: "etcd",
        on: false,
        targetLabels: ["instance", "job"],
        intervalMs,
        metrics: { etcd_has_leader: { type: "gauge", unit: "", help: "", labels: {} } },
      },
    ],
    [{ groups: [{ name: "test", rules }] }],
    30_000,
  );
}

/** What is said of an expression. */
export function messages(expression: string, view = viewWith()): readonly string[] {
  return check(expression, view).map(({ message }) => message);
}
