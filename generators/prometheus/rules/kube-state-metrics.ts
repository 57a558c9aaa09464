import type { RuleFile } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { alertingRule } from "./alerting-rule.js";
import { lines } from "./lines.js";

const job = 'job="kube-state-metrics"';

/** Whether the state of objects is told at all, told once, and of as many as the limits of scrapes are made for. */
export function kubeStateMetrics({ cluster, thresholds }: Settings): RuleFile {
  const { downSeconds } = thresholds.kubeStateMetrics;
  return {
    subject: "kube-state-metrics",
    about:
      "Whether the state of objects is told at all, told once, and of as many as the limits of scrapes are made for.",
    source: "generators/prometheus/rules/kube-state-metrics.ts",
    jobs: ["kube-state-metrics"],
    groups: [
      {
        name: "kube-state-metrics",
        rules: [
          {
            alert: "KubeStateMetricsDown",
            why: "Without a pod behind its Service there is no target that could be down.",
            expr: 'absent(up{job="kube-state-metrics"} == 1)',
            for: `${downSeconds}s`,
            labels: { severity: "critical", job: "kube-state-metrics" },
            annotations: {
              summary: "kube-state-metrics does not answer.",
              description: "Nothing is known of pods, workloads and nodes: the alerts about them cannot fire.",
            },
          },
          alertingRule({
            alert: "KubeStateMetricsDuplicated",
            why: "Instances that share the work by shards report each object once between them: so one object is asked for.",
            expr: 'count(group by (instance) (kube_namespace_created{job="kube-state-metrics", namespace="kube-system"})) > 1',
            for: "15m",
            severity: "warning",
            summary: "Several instances of kube-state-metrics report the same objects.",
            description:
              "{{ $value | humanize }} instances report every object: sums over objects are that many times too high.",
          }),
          alertingRule({
            alert: "ClusterLargerThanSettings",
            why: "Limits of scrapes are twice what these settings give. A job that breaks one of them is not scraped at all.",
            expr: lines(
              `sum(max by (node) (kube_node_info{${job}})) / ${cluster.maxNodes} > 1`,
              `or sum(max by (namespace, pod) (kube_pod_info{${job}})) / ${cluster.maxPods} > 1`,
            ),
            for: "1h",
            severity: "warning",
            summary: "The cluster has outgrown the settings from which the limits of scrapes come.",
            description:
              "It has {{ $value | humanizePercentage }} of the nodes of `cluster.maxNodes`, or of the pods of `cluster.maxPods`: at 200% of the nodes, jobs of nodes are no longer scraped.",
          }),
        ],
      },
    ],
  };
}
