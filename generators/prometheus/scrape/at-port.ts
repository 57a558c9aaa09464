import type { RelabelConfig } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";

/** Puts another port in the place of the kubelet's, which discovery finds for a node. */
export function atPort(port: number): RelabelConfig {
  return because(
    {
      source_labels: ["__address__"],
      target_label: "__address__",
      regex: "(.+):\\d+",
      replacement: `$1:${port}`,
    },
    "Discovery gives the kubelet's port. The greedy group keeps an IPv6 address whole.",
  );
}
