import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { mostReplicas } from "../../settings/forms.js";
import { podsBehind } from "./endpoints-of.js";
import { guards } from "./guards.js";

/** Grafana, found through its Service. Listed after `components/grafana`. */
export function grafana(): ScrapeJob {
  return {
    about: "Every replica of Grafana.",
    source: "generators/prometheus/scrape/grafana.ts",
    expects: { every: "endpoint", of: "grafana", port: "http", in: "own namespace" },
    config: {
      job_name: "grafana",
      kubernetes_sd_configs: [{ role: "endpointslice", namespaces: { own_namespace: true } }],
      relabel_configs: podsBehind("grafana", "http"),
      ...guards({ targets: mostReplicas, samples: 20_000, bytesPerSample: 160 }),
    },
  };
}
