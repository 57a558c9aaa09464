import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import type { Settings } from "../../settings/index.js";
import { alertmanager } from "./alertmanager.js";
import { cadvisor } from "./cadvisor.js";
import { kubeStateMetrics } from "./kube-state-metrics.js";
import { kubeStateMetricsTelemetry } from "./kube-state-metrics-telemetry.js";
import { kubelet } from "./kubelet.js";
import { kubernetesApiservers } from "./kubernetes-apiservers.js";
import { nodeExporter } from "./node-exporter.js";
import { on } from "./off.js";
import { prometheusItself } from "./prometheus.js";

/** Every scrape job that runs inside the cluster and is not off. A job of your own is one more file and one more line here. */
export function scrapeJobs(settings: Settings): readonly ScrapeJob[] {
  const jobs = [
    prometheusItself(),
    nodeExporter(settings),
    kubelet(settings),
    cadvisor(settings),
    kubernetesApiservers(),
    kubeStateMetrics(settings),
    kubeStateMetricsTelemetry(),
    alertmanager(),
  ];
  return on(jobs, settings);
}

/**
 * What Prometheus has to find and reach: its jobs, and Alertmanager also where nobody scrapes it. Alerts go to the port that
 * has the metrics.
 */
export function reached(settings: Settings): readonly ScrapeJob[] {
  const jobs = scrapeJobs(settings);
  const delivery = alertmanager();
  return jobs.some(({ config }) => config.job_name === delivery.config.job_name) ? jobs : [...jobs, delivery];
}
