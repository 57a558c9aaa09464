import type { RuleFile } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { alertingRule } from "./alerting-rule.js";
import { lines } from "./lines.js";
import { ofWorkload } from "./of-workload.js";

const state = 'job="kube-state-metrics"';

/** Nodes that are lost or cordoned. */
const away = lines(
  `max by (node) (last_over_time(kube_node_status_condition{${state}, condition="Ready", status="unknown"}[5m])) == 1`,
  `or max by (node) (last_over_time(kube_node_spec_unschedulable{${state}}[5m])) == 1`,
);

/** Which targets answer, with the workload that they belong to. */
const byWorkload = ofWorkload(
  lines(`avg_over_time(up[5m]) unless on (node) (${away})`, `unless up{node=~"fargate-.+", namespace=""}`),
);

/** The stack at large: whether its targets answer, and whether its alerts arrive. */
export function targets({ thresholds }: Settings): RuleFile {
  const { downRatio, downSeconds } = thresholds.targets;
  return {
    subject: "targets",
    about: "The stack at large: whether its targets answer, and whether its alerts arrive.",
    source: "generators/prometheus/rules/targets.ts",
    jobs: ["kubelet", "cadvisor", "kube-state-metrics"],
    groups: [
      {
        name: "targets",
        rules: [
          alertingRule({
            alert: "TargetDown",
            why: "Each workload is asked by itself: a job may have the pods of many owners, of which one's three would be no share worth telling. A workload's name is the pod's without what its controller adds. Lost nodes have alerts of their own, cordoned ones are away on purpose, and on Fargate's nodes only pods answer.",
            expr: `1 - avg by (job, namespace, workload) (${byWorkload}) > ${downRatio}`,
            for: `${downSeconds}s`,
            severity: "warning",
            summary: "Targets of a job do not answer.",
            description:
              "{{ $value | humanizePercentage }} of the targets of job {{ $labels.job }}{{ with $labels.namespace }} in namespace {{ . }}{{ end }}{{ with $labels.workload }} that belong to {{ . }}{{ end }} are down.",
          }),
          alertingRule({
            alert: "NodeTargetDown",
            why: "One node of many is no share that TargetDown would tell of. The jobs that are left out have an alert of their own, and of a node that is gone the kubelet's alerts tell.",
            expr: lines(
              'max_over_time(up{job!~"kubelet|kube-proxy|node-exporter", node!="", namespace=""}[5m]) == 0',
              'unless on (node) max_over_time(up{job="kubelet"}[5m]) == 0',
            ),
            for: `${downSeconds}s`,
            severity: "warning",
            summary: "A job does not get what it asks a node for.",
            description:
              "Job {{ $labels.job }} gets no answer from {{ $labels.node }} at {{ $labels.instance }}: nothing is known of what it measures there.",
          }),
          alertingRule({
            alert: "ContainerMetricsIncomplete",
            why: "cAdvisor answers all the same, with what it could read.",
            expr: 'min_over_time(container_scrape_error{job="cadvisor"}[5m]) == 1',
            for: "15m",
            severity: "warning",
            summary: "A kubelet cannot read the metrics of its containers.",
            description: "cAdvisor on {{ $labels.node }} fails to read containers: their use of resources is unknown.",
          }),
          alertingRule({
            alert: "Watchdog",
            why: "It always fires: that it arrives proves the way from here to whoever is paged.",
            expr: "vector(1)",
            severity: "none",
            summary: "Alerting works from end to end.",
            description: "This alert always fires. A receiver that misses it knows that alerts do not get through.",
          }),
          alertingRule({
            alert: "InfoInhibitor",
            why: "Nobody is told of this one: while it fires, Alertmanager holds back the info alerts of its namespace, or of its node where there is no namespace. It counts, since two info alerts of one namespace would be the same alert twice, which is an error.",
            expr: lines(
              'count by (namespace) (ALERTS{alertstate="firing", severity="info", namespace!=""})',
              'unless on (namespace) ALERTS{alertstate="firing", severity=~"warning|critical"}',
              'or count by (node) (ALERTS{alertstate="firing", severity="info", namespace=""})',
              'unless on (node) ALERTS{alertstate="firing", severity=~"warning|critical", namespace=""}',
            ),
            severity: "none",
            summary: "Info alerts fire where nothing worse does.",
            description:
              "Info alerts that are held back{{ with $labels.namespace }} in namespace {{ . }}{{ end }}{{ with $labels.node }} on {{ . }}{{ end }}: {{ $value }}.",
          }),
        ],
      },
    ],
  };
}
