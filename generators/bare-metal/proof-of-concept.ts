import type { ConfigFile } from "../lib/component.js";
import { nodeExporterPort } from "../node-exporter/port.js";
import { port as prometheusPort } from "../prometheus/pod.js";
import type { PrometheusConfig, ScrapeConfig } from "../prometheus/types.js";

/** Ports on the machine itself. */
export interface Ports {
  readonly prometheus: number;
  readonly nodeExporter: number;
}

/** Where the two programs listen when nobody says otherwise. */
export const usualPorts: Ports = { prometheus: prometheusPort.number, nodeExporter: nodeExporterPort };

/**
 * prometheus.yml of a Prometheus without any cluster: it scrapes itself and the node-exporter beside it.
 * A complete file of its own, which `prometheus --config.file=` reads as it is.
 */
export function proofOfConcept(ports: Ports = usualPorts): ConfigFile {
  const content: PrometheusConfig = {
    global: { scrape_interval: "15s", evaluation_interval: "15s" },
    scrape_configs: [onThisMachine("prometheus", ports.prometheus), onThisMachine("node-exporter", ports.nodeExporter)],
  };
  return { name: "proof-of-concept.yml", source: "generators/bare-metal/proof-of-concept.ts", content };
}

function onThisMachine(job_name: string, port: number): ScrapeConfig {
  return { job_name, static_configs: [{ targets: [`localhost:${port}`] }] };
}
