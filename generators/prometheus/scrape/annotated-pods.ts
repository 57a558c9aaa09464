import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import type { Settings } from "../../settings/index.js";
import { annotation, discovery, expectation, namespaces, portLabel, running, target } from "./annotations.js";

/**
 * Pods that ask for it by `prometheus.io/scrape: "true"`: at the port of `prometheus.io/port`, or else at each TCP port
 * that they declare.
 */
export function annotatedPods(settings: Settings): ScrapeJob {
  return {
    about:
      "Pods that ask for it by prometheus.io/scrape, at the port of prometheus.io/port or at each that they declare.",
    source: "generators/prometheus/scrape/annotated-pods.ts",
    expects: expectation("pod", settings),
    config: {
      job_name: "annotated-pods",
      ...discovery("pod", settings),
      relabel_configs: [
        ...namespaces(settings),
        { action: "keep", source_labels: [annotation("pod", "scrape")], regex: "true" },
        running,
        {
          source_labels: [
            "__meta_kubernetes_pod_container_port_protocol",
            "__meta_kubernetes_pod_container_port_number",
          ],
          target_label: portLabel,
          regex: "TCP;(\\d+)",
        },
        ...target("pod"),
      ],
    },
  };
}
