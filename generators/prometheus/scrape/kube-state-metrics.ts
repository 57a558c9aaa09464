import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";
import { mostReplicas } from "../../settings/forms.js";
import type { Settings } from "../../settings/index.js";
import { podsBehind } from "./endpoints-of.js";
import { guards } from "./guards.js";

/** The state of Kubernetes objects as series, found through the Service of the own namespace. */
export function kubeStateMetrics({ cluster }: Settings): ScrapeJob {
  return {
    about: "The state of Kubernetes' objects.",
    source: "generators/prometheus/scrape/kube-state-metrics.ts",
    expects: { every: "endpoint", of: "kube-state-metrics", port: "http", in: "own namespace" },
    config: because(
      {
        job_name: "kube-state-metrics",
        honor_labels: true,
        kubernetes_sd_configs: [{ role: "endpointslice", namespaces: { own_namespace: true } }],
        relabel_configs: podsBehind("kube-state-metrics", "http"),
        // 45 samples and 6.8 kB were seen for a pod of one container, its share of other objects included.
        ...guards({ targets: mostReplicas, samples: 5_000 + 75 * cluster.maxPods, bytesPerSample: 160 }),
      },
      {
        honor_labels: "Its series are about other objects: their labels namespace, pod and node are meant as they are.",
      },
    ),
  };
}
