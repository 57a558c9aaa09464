import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";
import { serviceAccountToken } from "../../lib/service-account.js";
import type { Settings } from "../../settings/index.js";
import { guards } from "./guards.js";
import { kubeletTls, whyKubeletTls } from "./kubelet-tls.js";
import { machines } from "./machines.js";

/** The kubelet's own metrics, one target per node at `<node address>:10250`. */
export function kubelet(settings: Settings): ScrapeJob {
  return {
    about: "The kubelet's own metrics, one target per node.",
    source: "generators/prometheus/scrape/kubelet.ts",
    expects: { every: "node", port: "kubelet" },
    config: because(
      {
        job_name: "kubelet",
        scheme: "https",
        authorization: serviceAccountToken,
        tls_config: kubeletTls(settings),
        kubernetes_sd_configs: [{ role: "node" }],
        relabel_configs: machines,
        // 2,196 samples were seen on a node with 62 pods.
        ...guards({
          targets: settings.cluster.maxNodes,
          samples: 3_000 + 20 * settings.cluster.maxPodsPerNode,
          bytesPerSample: 160,
        }),
      },
      whyKubeletTls(settings),
    ),
  };
}
