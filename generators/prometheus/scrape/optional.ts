import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import type { Settings } from "../../settings/index.js";
import { coredns } from "./coredns.js";
import { etcd } from "./etcd.js";
import { grafana } from "./grafana.js";
import { scrapeJobs } from "./index.js";
import { kubeControllerManager } from "./kube-controller-manager.js";
import { kubeProxy } from "./kube-proxy.js";
import { kubeScheduler } from "./kube-scheduler.js";
import { kubeletPaths } from "./kubelet-paths.js";
import { kubernetesApiserversSlis } from "./kubernetes-apiservers-slis.js";
import { on } from "./off.js";

/** Every job there is, also those that are off by default. */
export function everyJob(settings: Settings): readonly ScrapeJob[] {
  return [...scrapeJobs(settings), ...optionalJobs(settings).flatMap(({ jobs }) => jobs)];
}

/** Jobs that an overlay switches on by listing the Component of that name. */
export interface OptionalJobs {
  readonly component: string;
  /** What it does, in one sentence. */
  readonly about: string;
  readonly jobs: readonly ScrapeJob[];
}

/** What not every cluster has, or not every user wants. A job of your own is one more file and one more line here. */
export function optionalJobs(settings: Settings): readonly OptionalJobs[] {
  const all: readonly OptionalJobs[] = [
    { component: "coredns", about: "Scrapes CoreDNS, the cluster's name server.", jobs: [coredns()] },
    { component: "kube-proxy", about: "Scrapes kube-proxy on every node.", jobs: [kubeProxy(settings)] },
    { component: "kube-scheduler", about: "Scrapes the scheduler.", jobs: [kubeScheduler()] },
    { component: "kube-controller-manager", about: "Scrapes the controller manager.", jobs: [kubeControllerManager()] },
    { component: "etcd", about: "Scrapes etcd at its port for metrics.", jobs: [etcd()] },
    { component: "grafana-metrics", about: "Scrapes Grafana itself.", jobs: [grafana()] },
    {
      component: "kubelet-paths",
      about: "Scrapes the kubelets' results of probes, use of resources and health.",
      jobs: kubeletPaths(settings),
    },
    {
      component: "kubernetes-apiservers-slis",
      about: "Scrapes the API servers' own health checks.",
      jobs: [kubernetesApiserversSlis()],
    },
  ];
  return all.map((one) => ({ ...one, jobs: on(one.jobs, settings) }));
}
