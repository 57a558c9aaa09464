import type { RelabelConfig, ScrapeConfig } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";

/** Prometheus forgets labels that begin so when a target's labels are settled. */
const hashLabel = "__tmp_shard";

/** The first step of a job that no shard scrapes, by which `npm run build` knows it. */
export const leftToOthers: RelabelConfig = { action: "drop", source_labels: ["job"], regex: ".+" };

/** What a job's targets are shared out by. */
type SharedBy = "node" | "address";

/** All that is of a node is with one shard, so that what joins kubelet, cadvisor and node-exporter of a node finds both. */
export function sharedBy({ kubernetes_sd_configs = [] }: Pick<ScrapeConfig, "kubernetes_sd_configs">): SharedBy {
  return kubernetes_sd_configs.length > 0 && kubernetes_sd_configs.every(({ role }) => role === "node")
    ? "node"
    : "address";
}

/**
 * The steps, before a job's own, that leave one shard its share of the targets. A job's own steps may make one target of
 * several that discovery finds, so what counts is what those have in common.
 *
 * @param by - see {@link sharedBy}
 * @param shards - how many there are
 * @param shard - which one, from 0
 */
export function sharding(by: SharedBy, shards: number, shard: number): readonly RelabelConfig[] {
  const hashed = (label: string): RelabelConfig => ({
    action: "hashmod",
    source_labels: [label],
    target_label: hashLabel,
    modulus: shards,
  });
  const own: RelabelConfig = { action: "keep", source_labels: [hashLabel], regex: `${shard}` };
  if (by === "node")
    return [because(hashed("__meta_kubernetes_node_name"), "By the node: whatever is of it, one shard has."), own];
  return [
    { source_labels: ["__address__"], target_label: hashLabel },
    because(
      { source_labels: ["__meta_kubernetes_pod_ip"], target_label: hashLabel, regex: "(.+)" },
      "Of a pod by its first address alone: discovery finds a pod once for each port and family of addresses, and the steps below make one target of that.",
    ),
    hashed(hashLabel),
    own,
  ];
}
