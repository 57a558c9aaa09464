import { alertDeliveryCoverage } from "./alert-delivery.js";
import { alertmanagerCoverage } from "./alertmanager.js";
import { blackboxExporterCoverage } from "./blackbox-exporter.js";
import { coredns } from "./coredns.js";
import { etcd } from "./etcd.js";
import { grafana } from "./grafana.js";
import { kubeControllerManager } from "./kube-controller-manager.js";
import { kubeProxy } from "./kube-proxy.js";
import { kubeScheduler } from "./kube-scheduler.js";
import { kubeStateMetrics } from "./kube-state-metrics.js";
import { kubeStateMetricsTelemetry } from "./kube-state-metrics-telemetry.js";
import { kubelet } from "./kubelet.js";
import { kubernetesApiservers } from "./kubernetes-apiservers.js";
import { nodeCoverage } from "./node.js";
import { probesCoverage } from "./probes.js";
import { prometheusCoverage } from "./prometheus.js";
import { resources } from "./resources.js";
import { storageCoverage } from "./storage.js";
import { targetsCoverage } from "./targets.js";
import type { SubjectCoverage } from "./types.js";
import { workloads } from "./workloads.js";

/** Every way to fail that the rules know, in the order of the rule files. A subject of your own is one more line here. */
export const coverage: readonly SubjectCoverage[] = [
  { subject: "targets", rows: targetsCoverage },
  { subject: "alert-delivery", rows: alertDeliveryCoverage },
  { subject: "alertmanager", rows: alertmanagerCoverage },
  { subject: "prometheus", rows: prometheusCoverage },
  { subject: "node", rows: nodeCoverage },
  { subject: "storage", rows: storageCoverage },
  { subject: "workloads", rows: workloads },
  { subject: "resources", rows: resources },
  { subject: "kube-state-metrics", rows: kubeStateMetrics },
  { subject: "kube-state-metrics-telemetry", rows: kubeStateMetricsTelemetry },
  { subject: "kubernetes-apiservers", rows: kubernetesApiservers },
  { subject: "kubelet", rows: kubelet },
  { subject: "kube-scheduler", rows: kubeScheduler },
  { subject: "kube-controller-manager", rows: kubeControllerManager },
  { subject: "etcd", rows: etcd },
  { subject: "coredns", rows: coredns },
  { subject: "kube-proxy", rows: kubeProxy },
  { subject: "blackbox-exporter", rows: blackboxExporterCoverage },
  { subject: "probes", rows: probesCoverage },
  { subject: "grafana", rows: grafana },
];
