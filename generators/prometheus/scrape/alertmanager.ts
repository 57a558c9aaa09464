import type { Login, ScrapeJob } from "../../../metrics/scrape-job.js";
import { mostReplicas } from "../../settings/forms.js";
import { podsBehind } from "./endpoints-of.js";
import { guards } from "./guards.js";

/** Every replica of Alertmanager, found through its Service. Where it asks for a password, Prometheus needs one. */
export function alertmanager(login: Login = {}): ScrapeJob {
  return {
    about: "Every replica of Alertmanager.",
    source: "generators/prometheus/scrape/alertmanager.ts",
    expects: { every: "endpoint", of: "alertmanager", port: "http", in: "own namespace" },
    config: {
      job_name: "alertmanager",
      ...login,
      ...guards({ targets: mostReplicas, samples: 2_000, bytesPerSample: 200 }),
      kubernetes_sd_configs: [{ role: "endpointslice", namespaces: { own_namespace: true } }],
      relabel_configs: podsBehind("alertmanager", "http"),
    },
  };
}
