import type { RelabelConfig } from "../../../metrics/scrape-job.js";

/** Labels that say on which node a target of role `node` runs. */
export const nodeLabels: readonly RelabelConfig[] = [
  { source_labels: ["__meta_kubernetes_node_name"], target_label: "node" },
  { source_labels: ["__meta_kubernetes_node_address_InternalIP"], target_label: "host_ip" },
];
