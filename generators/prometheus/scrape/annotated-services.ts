import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import type { Settings } from "../../settings/index.js";
import { annotation, discovery, expectation, namespaces, portLabel, running, target } from "./annotations.js";

/**
 * Every pod behind a Service that asks for it by `prometheus.io/scrape: "true"`: at the port of `prometheus.io/port`, or
 * else at each TCP port that the Service leads to.
 */
export function annotatedServices(settings: Settings): ScrapeJob {
  return {
    about: "Pods behind Services that ask for it by prometheus.io/scrape.",
    source: "generators/prometheus/scrape/annotated-services.ts",
    expects: expectation("service", settings),
    config: {
      job_name: "annotated-services",
      ...discovery("endpointslice", settings),
      relabel_configs: [
        ...namespaces(settings),
        // What a pod says itself counts: `true` is the business of annotated-pods, and `false` of nobody.
        {
          action: "keep",
          source_labels: [annotation("service", "scrape"), annotation("pod", "scrape")],
          regex: "true;",
        },
        running,
        // Discovery also finds ports of the pods that no Service leads to: those have no port of a slice.
        {
          source_labels: ["__meta_kubernetes_endpointslice_port_protocol", "__meta_kubernetes_endpointslice_port"],
          target_label: portLabel,
          regex: "TCP;(\\d+)",
        },
        ...target("service"),
      ],
    },
  };
}
