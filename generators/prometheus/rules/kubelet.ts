import { type HistogramForm, histogram } from "../../../metrics/promql/histogram.js";
import type { AlertingRule, RuleFile, Severity } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { alertingRule } from "./alerting-rule.js";
import { clientErrors, instanceUnreachable, jobDown, notCordoned } from "./instances.js";
import { lines } from "./lines.js";

const ready = "node:kube_node_status_ready:max";

// Source: https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/

/** A certificate of the kubelet that ends soon. */
function certificateEnds(whose: "client" | "server", severity: Severity, withinSeconds: number): AlertingRule {
  return alertingRule({
    alert: whose === "client" ? "KubeletClientCertificateExpiration" : "KubeletServerCertificateExpiration",
    why: `A kubelet tells of this certificate only where it looks after it itself (${
      whose === "client" ? "rotateCertificates" : "serverTLSBootstrap"
    }). One that is not used never ends: its value is infinite.`,
    expr: `min by (node) (last_over_time(kubelet_certificate_manager_${whose}_ttl_seconds{job="kubelet"}[5m])) < ${withinSeconds}`,
    for: "1m",
    severity,
    summary: `A kubelet's ${whose} certificate ends soon.`,
    description: `The ${whose} certificate of the kubelet on {{ $labels.node }} ends in {{ $value | humanizeDuration }}.`,
  });
}

/** A certificate of the kubelet that is not renewed. */
function certificateNotRenewed(whose: "client" | "server", alert: string, metric: string): AlertingRule {
  return alertingRule({
    alert,
    why: "Where the API server refuses, the next try comes within a minute; where nobody signs, after a quarter of an hour. An outage of a minute is neither.",
    expr: lines(
      `sum by (node) (increase(${metric}{job="kubelet"}[10m])) > 0`,
      `or sum by (node) (increase(${metric}{job="kubelet"}[20m])) > 0 and sum by (node) (increase(${metric}{job="kubelet"}[20m] offset 20m)) > 0`,
    ),
    for: "15m",
    severity: "warning",
    summary: `A kubelet cannot renew its ${whose} certificate.`,
    description: `The kubelet on {{ $labels.node }} tries again and again to renew its ${whose} certificate, and fails.`,
  });
}

/** Nodes as the cluster sees them, and the kubelets on them. */
export function kubelet({ thresholds }: Settings, form: HistogramForm): RuleFile {
  const limits = thresholds.kubelet;
  const slowest = (name: string, window: string) =>
    histogram(form, name, 'job="kubelet"', { rate: window }).quantile(0.99, "node");
  return {
    subject: "kubelet",
    about: "Nodes as the cluster sees them, and the kubelets on them.",
    source: "generators/prometheus/rules/kubelet.ts",
    jobs: ["kubelet", "kube-state-metrics", "kubernetes-apiservers", "prometheus"],
    groups: [
      {
        name: "nodes",
        rules: [
          alertingRule({
            alert: "KubeNodeNotReady",
            why: notCordoned.why,
            expr: lines(
              'max by (node) (kube_node_status_condition{job="kube-state-metrics", condition="Ready", status="false"}) == 1',
              notCordoned.expr,
            ),
            for: `${limits.notReadySeconds}s`,
            severity: "warning",
            summary: "A node is not ready.",
            description:
              "The kubelet on {{ $labels.node }} says that the node is not ready: it gets no new pods, and those it has are moved away.",
          }),
          alertingRule({
            alert: "KubeNodeUnreachable",
            why: `A node of which no kubelet ever reported has no condition, until somebody says that it is not known. ${notCordoned.why}`,
            expr: lines(
              '(max by (node) (kube_node_status_condition{job="kube-state-metrics", condition="Ready", status="unknown"}) == 1',
              'or max by (node) (kube_node_info{job="kube-state-metrics"} unless on (node) kube_node_status_condition{job="kube-state-metrics", condition="Ready"}))',
              notCordoned.expr,
            ),
            for: `${limits.notReadySeconds}s`,
            severity: "warning",
            summary: "A node no longer reports.",
            description:
              "The kubelet on {{ $labels.node }} has stopped reporting to the API server: its pods are moved away.",
          }),
          {
            record: ready,
            why: "Without the address of kube-state-metrics, whose move would begin a new series.",
            expr: 'max by (node) (kube_node_status_condition{job="kube-state-metrics", condition="Ready", status="true"})',
          },
          alertingRule({
            alert: "KubeNodeReadinessFlapping",
            why: notCordoned.why,
            expr: lines(`changes(${ready}[15m]) > 2`, notCordoned.expr),
            keep_firing_for: "15m",
            severity: "warning",
            summary: "A node is ready and not ready by turns.",
            description: "The readiness of {{ $labels.node }} changed {{ $value }} times within 15 minutes.",
          }),
          alertingRule({
            alert: "KubeNodePressure",
            why: {
              for: "The kubelet evicts pods and removes images: what counts is pressure that lasts in spite of it.",
            },
            expr: 'max by (node, condition) (kube_node_status_condition{job="kube-state-metrics", condition=~"MemoryPressure|DiskPressure|PIDPressure", status="true"}) == 1',
            for: `${limits.pressureSeconds}s`,
            severity: "warning",
            summary: "A node runs out of memory, disk or process numbers.",
            description: "{{ $labels.node }} is under {{ $labels.condition }}: the kubelet evicts pods.",
          }),
          alertingRule({
            alert: "KubeNodeEviction",
            why: "The counter of a signal is there only once it counted: the first eviction is a new series.",
            expr: lines(
              'sum by (node, eviction_signal) (increase(kubelet_evictions{job="kubelet"}[15m])) > 0',
              'or sum by (node, eviction_signal) (kubelet_evictions{job="kubelet"} unless kubelet_evictions{job="kubelet"} offset 15m and on (instance) up{job="kubelet"} offset 15m == 1)',
            ),
            severity: "info",
            summary: "A node evicts pods.",
            description:
              'The kubelet on {{ $labels.node }} evicted {{ printf "%.0f" $value }} pods within 15 minutes because of {{ $labels.eviction_signal }}.',
          }),
          alertingRule({
            alert: "KubeletTooManyPods",
            why: "A virtual node may say that it takes none, and run some.",
            expr: lines(
              `max by (node) (last_over_time(kubelet_running_pods{job="kubelet"}[5m]))`,
              `/ on (node) (max by (node) (kube_node_status_allocatable{job="kube-state-metrics", resource="pods"}) > 0) > ${limits.podsRatio}`,
            ),
            for: "15m",
            severity: "info",
            summary: "A node has nearly as many pods as it may.",
            description: "{{ $labels.node }} runs {{ $value | humanizePercentage }} of the pods that it may.",
          }),
        ],
      },
      {
        name: "kubelet",
        rules: [
          jobDown("kubelet", "KubeletDown", limits.downSeconds, {
            summary: "No kubelet answers.",
            description: "Prometheus reaches no kubelet: nothing is known of volumes and of the containers' use.",
          }),
          instanceUnreachable(
            "kubelet",
            "KubeletInstanceUnreachable",
            limits.unreachableSeconds,
            {
              summary: "A kubelet does not answer.",
              description: "Prometheus does not reach the kubelet on {{ $labels.node }}, but reaches others.",
            },
            notCordoned,
          ),
          alertingRule({
            alert: "KubeletPlegDurationHigh",
            expr: `${slowest("kubelet_pleg_relist_duration_seconds", "5m")} > ${limits.relistSeconds}`,
            for: "5m",
            severity: "warning",
            summary: "A kubelet is slow to see what its containers do.",
            description:
              "The slowest hundredth of the kubelet's looks at the containers on {{ $labels.node }} takes over {{ $value | humanizeDuration }}. Above three minutes the node is not ready.",
          }),
          alertingRule({
            alert: "KubeletPodStartUpLatencyHigh",
            expr: `${slowest("kubelet_pod_start_sli_duration_seconds", "15m")} > ${limits.podStartSeconds}`,
            for: "15m",
            severity: "warning",
            summary: "Pods start slowly on a node.",
            description:
              "The slowest hundredth of the pods on {{ $labels.node }} takes over {{ $value | humanizeDuration }} to start, without the time for images and init containers.",
          }),
          certificateEnds("client", "warning", limits.certificateWarningSeconds),
          certificateEnds("client", "critical", limits.certificateCriticalSeconds),
          certificateEnds("server", "warning", limits.certificateWarningSeconds),
          certificateEnds("server", "critical", limits.certificateCriticalSeconds),
          certificateNotRenewed(
            "client",
            "KubeletClientCertificateRenewalErrors",
            "kubelet_certificate_manager_client_expiration_renew_errors",
          ),
          certificateNotRenewed(
            "server",
            "KubeletServerCertificateRenewalErrors",
            "kubelet_server_expiration_renew_errors",
          ),
          clientErrors("kubelet", thresholds.clients.errorRatio),
          alertingRule({
            alert: "KubeVersionMismatch",
            why: 'Some providers write the minor version as "37+".',
            expr: `count(count by (major, release) (label_replace(last_over_time(kubernetes_build_info{job=~"kubelet|kubernetes-apiservers"}[5m]), "release", "$1", "minor", "(\\\\d+).*"))) > 1`,
            for: `${limits.versionMismatchSeconds}s`,
            severity: "warning",
            summary: "Kubelets and API servers are of different versions.",
            description:
              "{{ $value | humanize }} minor versions of Kubernetes have been running side by side for long: did an upgrade get stuck?",
          }),
        ],
      },
    ],
  };
}
