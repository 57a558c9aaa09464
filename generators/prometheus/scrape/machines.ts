import type { RelabelConfig } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";
import { virtualNodes } from "../../lib/virtual-nodes.js";

/** What discovery makes of a label of a node. */
export function metaLabel(label: string): string {
  return `__meta_kubernetes_node_label_${label.replace(/\W/g, "_")}`;
}

/** Of what role `node` finds, the nodes that are machines, with labels that say which one a target is at. */
export const machines: readonly RelabelConfig[] = [
  ...Object.entries(virtualNodes).map(
    ([label, value]): RelabelConfig =>
      because(
        {
          action: "drop",
          source_labels: [metaLabel(label)],
          regex: value,
        },
        "No machine: nothing answers there, and no DaemonSet has a pod there.",
      ),
  ),
  { source_labels: ["__meta_kubernetes_node_name"], target_label: "node" },
  { source_labels: ["__meta_kubernetes_node_address_InternalIP"], target_label: "host_ip" },
];
