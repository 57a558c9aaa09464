import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";
import type { Settings } from "../../settings/index.js";
import { atPort } from "./at-port.js";
import { guards } from "./guards.js";
import { machines } from "./machines.js";

/**
 * Machine metrics of every Linux node, at the node's own address.
 *
 * Not through the Service: a node where node-exporter does not run would then have no target at all and `up == 0` would
 * stay silent. By node it is there and down. It also needs no permission on pods, and works across namespaces.
 */
export function nodeExporter({ cluster, nodeExporter: { port } }: Settings): ScrapeJob {
  return {
    about:
      "The machine of every Linux node. Found by node and not by its Service: where it does not run, its target is there and down.",
    source: "generators/prometheus/scrape/node-exporter.ts",
    expects: { every: "node", port, os: "linux" },
    config: {
      job_name: "node-exporter",
      kubernetes_sd_configs: [{ role: "node" }],
      relabel_configs: [
        because(
          { action: "keep", source_labels: ["__meta_kubernetes_node_label_kubernetes_io_os"], regex: "linux" },
          "It runs nowhere else, and a target that can never be up would raise an alarm for ever.",
        ),
        atPort(port),
        ...machines,
      ],
      // 2,220 samples were seen on two cores; each core, disk and interface adds some.
      ...guards({ targets: cluster.maxNodes, samples: 10_000, bytesPerSample: 160 }),
    },
  };
}
