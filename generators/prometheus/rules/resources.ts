import type { RecordingRule, RuleFile } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { alertingRule } from "./alerting-rule.js";
import { lines } from "./lines.js";

const ksm = 'job="kube-state-metrics"';

/** Nodes that only take pods which tolerate it. */
const reserved = `kube_node_spec_taint{${ksm}, effect=~"NoSchedule|NoExecute", key!~"node\\\\.(cloudprovider\\\\.)?kubernetes\\\\.io/.+"}`;

/** Pods that hold what they ask for. */
const notDone = `and on (namespace, pod) kube_pod_status_phase{${ksm}, phase=~"Pending|Running"} == 1`;

/** What the containers of pods ask for or may use, by namespace. */
function perNamespace(metric: string): RecordingRule {
  return {
    record: `namespace:${metric}:sum`,
    why: "Pods that are done hold nothing any more.",
    expr: lines(
      `sum by (namespace, resource) (max by (namespace, pod, container, resource) (${metric}{${ksm}, resource=~"cpu|memory"}`,
      `${notDone}))`,
    ),
  };
}

type Resource = "cpu" | "memory";

/** What each node can give to any pod. */
function allocatable(resource: Resource): string {
  return `max by (node) (kube_node_status_allocatable{${ksm}, resource="${resource}"} unless on (node) ${reserved})`;
}

const whyReserved =
  "Nodes that take only pods which tolerate it (control planes, dedicated pools, Fargate) are left out. Kubernetes' own taints, such as for a cordoned node, do not count.";

const whyOvercommitted = `The pods do not survive the loss of the largest node. A cluster of one node survives none, and its owner knows. ${whyReserved}`;

/** What pods ask for, beyond what all nodes but the largest can give. */
function overcommitted(resource: Resource): string {
  const room = allocatable(resource);
  return lines(
    `sum(max by (namespace, pod, container) (kube_pod_container_resource_requests{${ksm}, resource="${resource}"} unless on (node) ${reserved}`,
    `${notDone})) - (sum(${room}) - max(${room})) > 0`,
    `and on () count(${room}) > 1`,
  );
}

const whyPromised = `A namespace with several quotas gets what the tightest leaves it. ${whyReserved}`;

/** Share of the cluster that quotas promise. */
function promised(resource: Resource): string {
  return [
    `sum(min by (namespace) (kube_resourcequota{${ksm}, type="hard", resource=~"${resource}|requests\\\\.${resource}"}))`,
    `(sum(${allocatable(resource)}) > 0)`,
  ].join(" / ");
}

/** Why the share of a quota may be one of zero. */
const nothingAllowed = { zero: "Somebody set the zero: nothing of it may be used, and what is used is too much." };

/** Used share of each quota. */
const used = "namespace_resourcequota:kube_resourcequota_used:ratio";

/** CPU and memory of the cluster, quotas, and containers that are held back by their limits. */
export function resources({ thresholds }: Settings): RuleFile {
  const limits = thresholds.resources;
  return {
    subject: "resources",
    about: "CPU and memory of the cluster, quotas, and containers that are held back by their limits.",
    source: "generators/prometheus/rules/resources.ts",
    jobs: ["kube-state-metrics", "cadvisor"],
    groups: [
      {
        name: "requests",
        interval: "1m",
        why: { interval: "What pods ask for changes with rollouts, not from scrape to scrape." },
        rules: [
          perNamespace("kube_pod_container_resource_requests"),
          perNamespace("kube_pod_container_resource_limits"),
          alertingRule({
            alert: "KubeCPUOvercommit",
            why: whyOvercommitted,
            expr: overcommitted("cpu"),
            for: `${limits.overcommitSeconds}s`,
            severity: "warning",
            summary: "Pods ask for more CPU than is left when a node is lost.",
            description:
              "Without its largest node the cluster lacks {{ $value | humanize }} CPU cores for what its pods ask for.",
          }),
          alertingRule({
            alert: "KubeMemoryOvercommit",
            why: whyOvercommitted,
            expr: overcommitted("memory"),
            for: `${limits.overcommitSeconds}s`,
            severity: "warning",
            summary: "Pods ask for more memory than is left when a node is lost.",
            description:
              "Without its largest node the cluster lacks {{ $value | humanize1024 }}B of memory for what its pods ask for.",
          }),
        ],
      },
      {
        name: "quotas",
        interval: "1m",
        rules: [
          {
            record: used,
            why: "What was there before a quota of zero exceeds it without bound. Zero of zero is no share.",
            expr: `max by (namespace, resourcequota, resource) (kube_resourcequota{${ksm}, type="used"} / ignoring (type) kube_resourcequota{${ksm}, type="hard"} >= 0)`,
          },
          alertingRule({
            alert: "KubeCPUQuotaOvercommit",
            why: whyPromised,
            expr: `${promised("cpu")} > ${limits.quotaOvercommitRatio}`,
            for: `${limits.overcommitSeconds}s`,
            severity: "warning",
            summary: "Quotas promise more CPU than there is.",
            description: "The quotas of all namespaces add up to {{ $value | humanizePercentage }} of the CPU.",
          }),
          alertingRule({
            alert: "KubeMemoryQuotaOvercommit",
            why: whyPromised,
            expr: `${promised("memory")} > ${limits.quotaOvercommitRatio}`,
            for: `${limits.overcommitSeconds}s`,
            severity: "warning",
            summary: "Quotas promise more memory than there is.",
            description: "The quotas of all namespaces add up to {{ $value | humanizePercentage }} of the memory.",
          }),
          {
            alert: "KubeQuotaAlmostFull",
            expr: `${used} >= ${limits.quotaRatio} < 1`,
            for: "15m",
            labels: { severity: "info" },
            excuses: nothingAllowed,
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
            excuses: nothingAllowed,
            annotations: {
              summary: "A quota is used up.",
              description:
                "Namespace {{ $labels.namespace }} uses all of what quota {{ $labels.resourcequota }} allows of {{ $labels.resource }}: nothing more of it is admitted.",
            },
          },
          {
            alert: "KubeQuotaExceeded",
            why: "More is in use than is allowed only after the quota was made smaller.",
            expr: `${used} > 1`,
            for: "15m",
            labels: { severity: "warning" },
            excuses: nothingAllowed,
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
          alertingRule({
            // Source: https://github.com/google/cadvisor/blob/master/metrics/prometheus.go
            alert: "CPUThrottlingHigh",
            why: "Only containers with a CPU limit have these series.",
            expr: lines(
              'sum by (namespace, pod, container) (rate(container_cpu_cfs_throttled_periods_total{job="cadvisor", container!=""}[5m]))',
              `/ sum by (namespace, pod, container) (rate(container_cpu_cfs_periods_total{job="cadvisor", container!=""}[5m])) > ${limits.throttledRatio}`,
            ),
            for: "15m",
            severity: "info",
            summary: "A container is held back by its CPU limit.",
            description:
              "In {{ $value | humanizePercentage }} of the periods container {{ $labels.container }} of pod {{ $labels.namespace }}/{{ $labels.pod }} had used up its CPU limit and stood still.",
          }),
        ],
      },
    ],
  };
}
