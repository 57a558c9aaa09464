import type { RelabelConfig } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";

/**
 * Puts the pod's own first address, with a port, in the place of whatever address the pod was found at: its ports, its
 * Services and both families of addresses then come to one target, since Prometheus keeps targets of equal labels once.
 * What is no pod stays as it was found.
 *
 * @param port - the label that has the port
 */
export function atPod(port: string): readonly RelabelConfig[] {
  return [
    because(
      address(port, "([^:]+);(\\d+)", "$1:$2"),
      "However a pod was found, its own first address: the same pod is then one target. What follows is for IPv6.",
    ),
    address(port, "(.*:.*);(\\d+)", "[$1]:$2"),
  ];
}

function address(port: string, regex: string, replacement: string): RelabelConfig {
  return {
    source_labels: ["__meta_kubernetes_pod_ip", port],
    target_label: "__address__",
    regex,
    replacement,
  };
}
