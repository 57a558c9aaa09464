import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";
import type { Settings } from "../../settings/index.js";
import { atPort } from "./at-port.js";
import { guards } from "./guards.js";
import { machines } from "./machines.js";

/** Source: metricsBindAddress on https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/ */
const port = 10249;

/** kube-proxy on every Linux node, at the node's own address. It asks nobody who reads its metrics. */
export function kubeProxy({ cluster }: Settings): ScrapeJob {
  return {
    about: "kube-proxy on every Linux node. It asks nobody who reads its metrics.",
    source: "generators/prometheus/scrape/kube-proxy.ts",
    expects: { every: "node", port, os: "linux" },
    config: {
      job_name: "kube-proxy",
      kubernetes_sd_configs: [{ role: "node" }],
      relabel_configs: [
        because(
          { action: "keep", source_labels: ["__meta_kubernetes_node_label_kubernetes_io_os"], regex: "linux" },
          "The pods that installers make of it run on Linux alone; on Windows it is started by hand, or is not there.",
        ),
        atPort(port),
        ...machines,
      ],
      ...guards({ targets: cluster.maxNodes, samples: 5_000, bytesPerSample: 160 }),
    },
  };
}
