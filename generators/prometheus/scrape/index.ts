import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import type { Settings } from "../../settings/index.js";
import { alertmanager } from "./alertmanager.js";
import { cadvisor } from "./cadvisor.js";
import { kubeStateMetrics } from "./kube-state-metrics.js";
import { kubeStateMetricsTelemetry } from "./kube-state-metrics-telemetry.js";
import { kubelet } from "./kubelet.js";
import { kubernetesApiservers } from "./kubernetes-apiservers.js";
import { nodeExporter } from "./node-exporter.js";
import { prometheusItself } from "./prometheus.js";

/** Every scrape job that runs inside the cluster. A job of your own is one more file and one more line here. */
export function scrapeJobs(settings: Settings): readonly ScrapeJob[] {
  return [
    prometheusItself(),
    nodeExporter(settings),
    kubelet(settings),
    cadvisor(settings),
    kubernetesApiservers(),
    kubeStateMetrics(settings),
    kubeStateMetricsTelemetry(),
    alertmanager(),
  ];
}
