import type { HistogramForm } from "../../../metrics/promql/histogram.js";
import { remembered } from "../../../metrics/remembered.js";
import type { RuleFile } from "../../../metrics/rule-file.js";
import { type Remaining, withoutJobs } from "../../derive/without-jobs.js";
import type { Settings } from "../../settings/index.js";
import { jobsOff } from "../scrape/off.js";
import { alertDelivery } from "./alert-delivery.js";
import { alertmanager } from "./alertmanager.js";
import { blackboxExporter } from "./blackbox-exporter.js";
import { chosen } from "./chosen.js";
import { coredns } from "./coredns.js";
import { etcd } from "./etcd.js";
import { kubeControllerManager } from "./kube-controller-manager.js";
import { kubeProxy } from "./kube-proxy.js";
import { kubeScheduler } from "./kube-scheduler.js";
import { kubeStateMetrics } from "./kube-state-metrics.js";
import { kubeStateMetricsTelemetry } from "./kube-state-metrics-telemetry.js";
import { kubelet } from "./kubelet.js";
import { kubernetesApiservers } from "./kubernetes-apiservers.js";
import { node } from "./node.js";
import { probes } from "./probes.js";
import { prometheus } from "./prometheus.js";
import { resources } from "./resources.js";
import { storage } from "./storage.js";
import { targets } from "./targets.js";
import { thanos } from "./thanos.js";
import { workloads } from "./workloads.js";

/** The rules of every subject whose jobs are on. */
export function ruleFiles(
  settings: Settings,
  jobs: readonly string[],
  form: HistogramForm = "classic",
): readonly RuleFile[] {
  return allRuleFiles(settings, form).filter((file) => file.jobs.every((job) => jobs.includes(job)));
}

/**
 * The rules of every subject there is, also of jobs that no Component has switched on; without those that have nothing to say
 * while the settings have a job off.
 *
 * @throws WrongSettings where the setting `alerts` names one that does not exist.
 */
export function allRuleFiles(settings: Settings, form: HistogramForm = "classic"): readonly RuleFile[] {
  return remaining(settings, form).files;
}

/** The same, with what is gone. A subject of your own is one more line here. */
export function remaining(settings: Settings, form: HistogramForm = "classic"): Remaining {
  return ofSettings(settings, form);
}

const ofSettings = remembered((settings: Settings, form: HistogramForm): Remaining => {
  const files = [
    targets(settings),
    alertDelivery(settings),
    alertmanager(settings),
    prometheus(settings),
    node(settings),
    storage(settings),
    workloads(settings),
    resources(settings),
    kubeStateMetrics(settings),
    kubeStateMetricsTelemetry(settings),
    kubernetesApiservers(settings, form),
    kubelet(settings, form),
    kubeScheduler(settings),
    kubeControllerManager(settings),
    etcd(settings, form),
    coredns(settings, form),
    kubeProxy(settings),
    blackboxExporter(settings),
    probes(settings),
    thanos(settings),
  ];
  return withoutJobs(chosen(files, settings), jobsOff(settings));
});
