import type { RelabelConfig } from "../../../metrics/scrape-job.js";

/** Puts another port in the place of the kubelet's, which discovery finds for a node. */
export function atPort(port: number): RelabelConfig {
  return {
    source_labels: ["__address__"],
    target_label: "__address__",
    // The greedy group keeps an IPv6 address whole.
    regex: "(.+):\\d+",
    replacement: `$1:${port}`,
  };
}
