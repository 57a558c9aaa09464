import type { RelabelConfig, ScrapeConfig } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";

/** Prometheus forgets labels that begin so when a target's labels are settled. */
const hashLabel = "__tmp_shard";

/**
 * The steps, behind a job's own, that leave one shard its share of the targets: all that is of a node is with one shard, so that
 * what joins kubelet, cadvisor and node-exporter of a node finds both. Other targets go by their address, and by what a probe
 * asks of it.
 *
 * @param shards - how many there are
 * @param shard - which one, from 0
 */
export function sharding(
  { kubernetes_sd_configs = [] }: Pick<ScrapeConfig, "kubernetes_sd_configs">,
  shards: number,
  shard: number,
): readonly RelabelConfig[] {
  const ofNodes = kubernetes_sd_configs.length > 0 && kubernetes_sd_configs.every(({ role }) => role === "node");
  return [
    because(
      {
        action: "hashmod" as const,
        source_labels: ofNodes ? ["__meta_kubernetes_node_name"] : ["__address__", "__param_target"],
        target_label: hashLabel,
        modulus: shards,
      },
      ofNodes ? "By the node: whatever is of it, one shard has." : "By the address.",
    ),
    { action: "keep", source_labels: [hashLabel], regex: `${shard}` },
  ];
}
