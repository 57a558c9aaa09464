import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { mostReplicas } from "../../settings/forms.js";
import { podsBehind } from "./endpoints-of.js";
import { guards } from "./guards.js";

/** What kube-state-metrics says of itself, at a port of its own: whether it can still list and watch. */
export function kubeStateMetricsTelemetry(): ScrapeJob {
  return {
    about: "What kube-state-metrics says of itself: whether it can still list and watch.",
    source: "generators/prometheus/scrape/kube-state-metrics-telemetry.ts",
    expects: { every: "endpoint", of: "kube-state-metrics", port: "telemetry", in: "own namespace" },
    config: {
      job_name: "kube-state-metrics-telemetry",
      kubernetes_sd_configs: [{ role: "endpointslice", namespaces: { own_namespace: true } }],
      relabel_configs: podsBehind("kube-state-metrics", "telemetry"),
      // About 200 samples were seen.
      ...guards({ targets: mostReplicas, samples: 2_000, bytesPerSample: 160 }),
    },
  };
}
