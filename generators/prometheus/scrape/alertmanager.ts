import type { ScrapeJob } from "../types.js";
import { endpointsOf } from "./endpoints-of.js";
import { guards, replicas } from "./guards.js";

/** Every replica of Alertmanager, found through its Service. */
export function alertmanager(): ScrapeJob {
  return {
    source: "generators/prometheus/scrape/alertmanager.ts",
    expects: { every: "endpoint", of: "alertmanager", port: "http", in: "own namespace" },
    config: {
      job_name: "alertmanager",
      ...guards({ targets: replicas, samples: 2_000, bytesPerSample: 200 }),
      kubernetes_sd_configs: [{ role: "endpointslice", namespaces: { own_namespace: true } }],
      relabel_configs: [endpointsOf("alertmanager", "http")],
    },
  };
}
