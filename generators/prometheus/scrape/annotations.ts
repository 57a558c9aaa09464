import type {
  Expectation,
  KubernetesRole,
  KubernetesSdConfig,
  RelabelConfig,
  ScrapeConfig,
} from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";
import type { Settings } from "../../settings/index.js";
import { atPod } from "./at-pod.js";
import { guards } from "./guards.js";

/** What carries the annotations: a pod, or a Service for the pods behind it. */
export type Annotated = "pod" | "service";

/** Label that keeps the port until the address is put together; Prometheus drops labels of this prefix afterwards. */
export const portLabel = "__tmp_port";

/** The label in which discovery puts an annotation `prometheus.io/<word>`. */
export function annotation(of: Annotated | "namespace", word: string): string {
  return `__meta_kubernetes_${of}_annotation_prometheus_io_${word}`;
}

/** How the objects are found, in which namespaces, and what a single target may give. */
export function discovery(
  role: KubernetesRole,
  { cluster, annotatedWorkloads: { namespaces, samples, fallbackScrapeProtocol } }: Settings,
): Omit<ScrapeConfig, "job_name" | "relabel_configs"> {
  const found: KubernetesSdConfig = {
    role,
    ...(namespaces.length > 0 && { namespaces: { names: namespaces } }),
    // Whoever owns a namespace can keep all of it out, by an annotation of the namespace.
    attach_metadata: { namespace: true },
  };
  return {
    kubernetes_sd_configs: [found],
    fallback_scrape_protocol: fallbackScrapeProtocol,
    ...guards({ targets: cluster.maxPods, samples, bytesPerSample: 200 }),
    // What is usual for them is not known here: the setting is the limit itself.
    sample_limit: samples,
  };
}

/** Which targets there must be. */
export function expectation(kind: Annotated, { annotatedWorkloads }: Settings): Expectation {
  const { namespaces, excludedNamespaces } = annotatedWorkloads;
  return { every: "annotated", kind, namespaces, excludedNamespaces };
}

/** Leaves out the namespaces that the settings or their own annotation leave out. */
export function namespaces({ annotatedWorkloads: { excludedNamespaces } }: Settings): RelabelConfig[] {
  return [
    ...(excludedNamespaces.length === 0
      ? []
      : [
          {
            action: "drop" as const,
            source_labels: ["__meta_kubernetes_namespace"],
            regex: excludedNamespaces.join("|"),
          },
        ]),
    { action: "drop", source_labels: [annotation("namespace", "scrape")], regex: "false" },
  ];
}

/** Port, path and scheme as the annotations say, and the labels of the target, all of which follow from its address. */
export function target(of: Annotated): RelabelConfig[] {
  return [
    { source_labels: [annotation(of, "port")], target_label: portLabel, regex: "(\\d+)" },
    because(
      { action: "keep", source_labels: [portLabel], regex: "\\d+" },
      "Neither declared nor annotated: nobody knows where to ask.",
    ),
    ...atPod(portLabel),
    { source_labels: [annotation(of, "scheme")], target_label: "__scheme__", regex: "(https?)" },
    { source_labels: [annotation(of, "path")], target_label: "__metrics_path__", regex: "/?(.+)", replacement: "/$1" },
    because(
      { source_labels: ["__metrics_path__"], target_label: "metrics_path" },
      "One pod may be asked at two paths, by two Services.",
    ),
    { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
    { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
    { source_labels: ["__meta_kubernetes_pod_node_name"], target_label: "node" },
  ];
}

/** Leaves out pods that ended. */
export const running: RelabelConfig = because(
  { action: "drop", source_labels: ["__meta_kubernetes_pod_phase"], regex: "Succeeded|Failed" },
  "Pods that ended keep an address, where nobody answers or somebody else does.",
);
