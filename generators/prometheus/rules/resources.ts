import type { RecordingRule, RuleFile } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { lines } from "./lines.js";

/** What the containers of pods ask for or may use, by namespace. Pods that are done hold nothing any more. */
function perNamespace(metric: string): RecordingRule {
  return {
    record: `namespace:${metric}:sum`,
    expr: lines(
      `sum by (namespace, resource) (${metric}{job="kube-state-metrics", resource=~"cpu|memory"}`,
      'and on (namespace, pod) kube_pod_status_phase{job="kube-state-metrics", phase=~"Pending|Running"} == 1)',
    ),
  };
}

/** What all nodes but the largest can give: requests above this do not survive the loss of a node. */
function withoutLargestNode(resource: "cpu" | "memory"): string {
  const allocatable = `max by (node) (kube_node_status_allocatable{job="kube-state-metrics", resource="${resource}"})`;
  return `(sum(${allocatable}) - max(${allocatable}))`;
}

/** A cluster of one node survives no loss of a node, and its owner knows. */
const severalNodes = 'and on () count(kube_node_info{job="kube-state-metrics"}) > 1';

/** Share of the cluster that quotas promise. A namespace with several quotas gets what the tightest leaves it. */
function promised(resource: "cpu" | "memory"): string {
  return [
    `sum(min by (namespace) (kube_resourcequota{job="kube-state-metrics", type="hard", resource=~"${resource}|requests\\\\.${resource}"}))`,
    `sum(max by (node) (kube_node_status_allocatable{job="kube-state-metrics", resource="${resource}"}))`,
  ].join(" / ");
}

/** Used share of each quota. */
const used = "namespace_resourcequota:kube_resourcequota_used:ratio";

/** CPU and memory of the cluster, quotas, and containers that are held back by their limits. */
export function resources({ thresholds }: Settings): RuleFile {
  const limits = thresholds.resources;
  return {
    subject: "resources",
    source: "generators/prometheus/rules/resources.ts",
    jobs: ["kube-state-metrics", "cadvisor"],
    groups: [
      {
        name: "requests",
        // What pods ask for changes with rollouts, not from scrape to scrape.
        interval: "1m",
        rules: [
          perNamespace("kube_pod_container_resource_requests"),
          perNamespace("kube_pod_container_resource_limits"),
          {
            alert: "KubeCPUOvercommit",
            expr: lines(
              `sum(namespace:kube_pod_container_resource_requests:sum{resource="cpu"}) - ${withoutLargestNode("cpu")} > 0`,
              severalNodes,
            ),
            for: `${limits.overcommitSeconds}s`,
            labels: { severity: "warning" },
            annotations: {
              summary: "Pods ask for more CPU than is left when a node is lost.",
              description:
                "Without its largest node the cluster lacks {{ $value | humanize }} CPU cores for what its pods ask for.",
            },
          },
          {
            alert: "KubeMemoryOvercommit",
            expr: lines(
              `sum(namespace:kube_pod_container_resource_requests:sum{resource="memory"}) - ${withoutLargestNode("memory")} > 0`,
              severalNodes,
            ),
            for: `${limits.overcommitSeconds}s`,
            labels: { severity: "warning" },
            annotations: {
              summary: "Pods ask for more memory than is left when a node is lost.",
              description:
                "Without its largest node the cluster lacks {{ $value | humanize1024 }}B of memory for what its pods ask for.",
            },
          },
        ],
      },
      {
        name: "quotas",
        interval: "1m",
        rules: [
          {
            record: used,
            expr: 'max by (namespace, resourcequota, resource) (kube_resourcequota{job="kube-state-metrics", type="used"} / ignoring (type) (kube_resourcequota{job="kube-state-metrics", type="hard"} > 0))',
          },
          {
            alert: "KubeCPUQuotaOvercommit",
            expr: `${promised("cpu")} > ${limits.quotaOvercommitRatio}`,
            for: `${limits.overcommitSeconds}s`,
            labels: { severity: "warning" },
            annotations: {
              summary: "Quotas promise more CPU than there is.",
              description: "The quotas of all namespaces add up to {{ $value | humanizePercentage }} of the CPU.",
            },
          },
          {
            alert: "KubeMemoryQuotaOvercommit",
            expr: `${promised("memory")} > ${limits.quotaOvercommitRatio}`,
            for: `${limits.overcommitSeconds}s`,
            labels: { severity: "warning" },
            annotations: {
              summary: "Quotas promise more memory than there is.",
              description: "The quotas of all namespaces add up to {{ $value | humanizePercentage }} of the memory.",
            },
          },
          {
            alert: "KubeQuotaAlmostFull",
            expr: `${used} >= ${limits.quotaRatio} < 1`,
            for: "15m",
            labels: { severity: "info" },
            annotations: {
              summary: "A quota is nearly used up.",
              description:
                "Namespace {{ $labels.namespace }} uses {{ $value | humanizePercentage }} of what quota {{ $labels.resourcequota }} allows of {{ $labels.resource }}.",
            },
          },
          {
            alert: "KubeQuotaFullyUsed",
            expr: `${used} == 1`,
            for: "15m",
            labels: { severity: "info" },
            annotations: {
              summary: "A quota is used up.",
              description:
                "Namespace {{ $labels.namespace }} uses all of what quota {{ $labels.resourcequota }} allows of {{ $labels.resource }}: nothing more of it is admitted.",
            },
          },
          {
            // More is in use than is allowed only after the quota was made smaller.
            alert: "KubeQuotaExceeded",
            expr: `${used} > 1`,
            for: "15m",
            labels: { severity: "warning" },
            annotations: {
              summary: "More is in use than a quota allows.",
              description:
                "Namespace {{ $labels.namespace }} uses {{ $value | humanizePercentage }} of what quota {{ $labels.resourcequota }} allows of {{ $labels.resource }}: what ends there cannot start again.",
            },
          },
        ],
      },
      {
        name: "throttling",
        interval: "1m",
        rules: [
          {
            // Only containers with a CPU limit have these series.
            // Source: https://github.com/google/cadvisor/blob/master/metrics/prometheus.go
            alert: "CPUThrottlingHigh",
            expr: lines(
              'sum by (namespace, pod, container) (rate(container_cpu_cfs_throttled_periods_total{job="cadvisor", container!=""}[5m]))',
              `/ sum by (namespace, pod, container) (rate(container_cpu_cfs_periods_total{job="cadvisor", container!=""}[5m])) > ${limits.throttledRatio}`,
            ),
            for: "15m",
            labels: { severity: "info" },
            annotations: {
              summary: "A container is held back by its CPU limit.",
              description:
                "In {{ $value | humanizePercentage }} of the periods container {{ $labels.container }} of pod {{ $labels.namespace }}/{{ $labels.pod }} had used up its CPU limit and stood still.",
            },
          },
        ],
      },
    ],
  };
}
