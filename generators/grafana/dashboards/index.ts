import type { HistogramForm } from "../../../metrics/promql/histogram.js";
import { remembered } from "../../../metrics/remembered.js";
import type { Settings } from "../../settings/index.js";
import type { DashboardFile } from "../lib/dashboard.js";
import { addressOf } from "../lib/dashboard.js";
import { alertmanager } from "./alertmanager.js";
import { cluster } from "./cluster.js";
import { containers } from "./containers.js";
import { coredns } from "./coredns.js";
import { cost } from "./cost.js";
import { etcd } from "./etcd.js";
import { kubeControllerManager } from "./kube-controller-manager.js";
import { kubeProxy } from "./kube-proxy.js";
import { kubeScheduler } from "./kube-scheduler.js";
import { kubelet } from "./kubelet.js";
import { kubernetesApiservers } from "./kubernetes-apiservers.js";
import { node } from "./node.js";
import { nodeIo } from "./node-io.js";
import { persistentVolumes } from "./persistent-volumes.js";
import { probes } from "./probes.js";
import { prometheus } from "./prometheus.js";
import { thanos } from "./thanos.js";
import { withoutJobs } from "./without-jobs.js";
import { workloads } from "./workloads.js";

/**
 * Every dashboard there is, also of jobs that no Component has switched on; without those of which the settings leave nothing. A dashboard of your own is one more file and one more line here.
 */
export function allDashboards(settings: Settings, form: HistogramForm = "classic"): readonly DashboardFile[] {
  return ofSettings(settings, form);
}

const ofSettings = remembered((settings: Settings, form: HistogramForm): readonly DashboardFile[] => {
  const all = [
    cluster(settings),
    node(settings),
    nodeIo(settings),
    kubelet(form),
    workloads(),
    containers(),
    persistentVolumes(),
    kubernetesApiservers(settings, form),
    coredns(form),
    etcd(form),
    kubeScheduler(form),
    kubeControllerManager(),
    kubeProxy(form),
    probes(),
    prometheus(),
    cost(form),
    alertmanager(form),
    thanos(form),
  ];
  return withoutJobs(all, settings);
});

/** The dashboards whose jobs are on, without links to the others. */
export function dashboards(
  settings: Settings,
  jobs: readonly string[],
  form: HistogramForm = "classic",
): readonly DashboardFile[] {
  return linked(allDashboards(settings, form), jobs);
}

/** Those of all dashboards whose jobs are on, without links to the others. */
export function linked(all: readonly DashboardFile[], jobs: readonly string[]): readonly DashboardFile[] {
  const off = all.filter((file) => !isOn(file, jobs)).map(({ name }) => addressOf(name));
  return all
    .filter((file) => isOn(file, jobs))
    .map((file) => {
      const links = (file.dashboard.links ?? []).filter(({ url }) => url === undefined || !off.includes(url));
      return { ...file, dashboard: { ...file.dashboard, links } };
    });
}

function isOn(file: DashboardFile, jobs: readonly string[]): boolean {
  return file.jobs.every((job) => jobs.includes(job));
}
