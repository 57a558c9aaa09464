import type { Login, ScrapeJob } from "../../../metrics/scrape-job.js";
import { mostReplicas } from "../../settings/forms.js";
import { podsBehind } from "./endpoints-of.js";
import { guards } from "./guards.js";

/** Prometheus itself: every replica, found through its Service. Where it asks for a password, it needs one too. */
export function prometheusItself(login: Login = {}): ScrapeJob {
  return {
    about: "Every replica of Prometheus itself.",
    source: "generators/prometheus/scrape/prometheus.ts",
    expects: { every: "endpoint", of: "prometheus", port: "http", in: "own namespace" },
    config: {
      job_name: "prometheus",
      ...login,
      kubernetes_sd_configs: [{ role: "endpointslice", namespaces: { own_namespace: true } }],
      relabel_configs: [
        ...podsBehind("prometheus", "http"),
        // Claims of its name may be in other namespaces, too.
        { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
        // Replicas share a name but for its end, and shards have names of their own.
        { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
      ],
      // About 800 samples were seen; each group of rules adds a dozen.
      ...guards({ targets: mostReplicas, samples: 5_000, bytesPerSample: 160 }),
    },
  };
}
