import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";
import { guards } from "./guards.js";

const namespace = "kube-system";

/** Source: https://github.com/kubernetes/dns/blob/master/docs/specification.md and the deployments of CoreDNS itself */
const labels = { "k8s-app": "kube-dns" };

/** The port of CoreDNS' plugin `prometheus`, unless the Corefile says otherwise. */
const port = 9153;

/** Pods of a cluster's DNS: with nodes they get more, by the autoscaler of DNS one for 16 nodes. */
const pods = 50;

/**
 * Every pod of CoreDNS, found as a pod: through the Service `kube-dns` it would take permissions for Services and
 * EndpointSlices too.
 */
export function coredns(): ScrapeJob {
  const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return {
    about: "Every pod of the cluster's DNS. Found as a pod: through its Service it would take more permissions.",
    source: "generators/prometheus/scrape/coredns.ts",
    expects: { every: "pod", in: namespace, labels, port },
    config: {
      job_name: "coredns",
      kubernetes_sd_configs: [
        {
          role: "pod",
          namespaces: { names: [namespace] },
          selectors: [{ role: "pod", label: selector.join(",") }],
        },
      ],
      relabel_configs: [
        because(
          { action: "keep", source_labels: ["__meta_kubernetes_pod_container_port_number"], regex: `${port}` },
          "A pod is found once for each port that it declares.",
        ),
        because(
          { action: "drop", source_labels: ["__meta_kubernetes_pod_phase"], regex: "Failed|Succeeded" },
          "What has ended keeps its address on paper for a while.",
        ),
        { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
        { source_labels: ["__meta_kubernetes_pod_node_name"], target_label: "node" },
      ],
      ...guards({ targets: pods, samples: 5_000, bytesPerSample: 160 }),
    },
  };
}
