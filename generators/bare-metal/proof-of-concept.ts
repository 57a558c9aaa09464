import type { PrometheusConfig, ScrapeConfig } from "../../metrics/scrape-job.js";
import type { ConfigFile } from "../lib/base-and-component.js";
import { port as prometheusPort } from "../prometheus/pod.js";
import type { Settings } from "../settings/index.js";

/** Ports on the machine itself. */
export interface Ports {
  readonly prometheus: number;
  readonly nodeExporter: number;
}

/** Where the two programs listen when nobody says otherwise. */
export function usualPorts({ nodeExporter }: Settings): Ports {
  return { prometheus: prometheusPort.number, nodeExporter: nodeExporter.port };
}

/**
 * prometheus.yml of a Prometheus without any cluster: it scrapes itself and the node-exporter beside it.
 * A complete file of its own, which `prometheus --config.file=` reads as it is.
 */
export function proofOfConcept(settings: Settings, ports = usualPorts(settings)): ConfigFile {
  const content: PrometheusConfig = {
    global: { scrape_interval: settings.scrape.interval, evaluation_interval: settings.prometheus.evaluationInterval },
    scrape_configs: [onThisMachine("prometheus", ports.prometheus), onThisMachine("node-exporter", ports.nodeExporter)],
  };
  return { name: "proof-of-concept.yml", source: "generators/bare-metal/proof-of-concept.ts", content };
}

function onThisMachine(job_name: string, port: number): ScrapeConfig {
  return { job_name, static_configs: [{ targets: [`localhost:${port}`] }] };
}
