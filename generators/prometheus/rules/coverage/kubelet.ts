import type { CoverageRow } from "./types.js";

/** How nodes and kubelets fail. */
export const kubelet: readonly CoverageRow[] = [
  { failureMode: "a node says that it is not ready", knownAs: "NodeNotReady", alert: "KubeNodeNotReady" },
  { failureMode: "a node no longer reports", knownAs: "NodeUnreachable", alert: "KubeNodeUnreachable" },
  {
    failureMode: "a node is ready and not ready by turns",
    knownAs: "NodeReadinessFlapping",
    alert: "KubeNodeReadinessFlapping",
  },
  {
    failureMode: "a node runs out of memory, disk or process numbers",
    knownAs: "NodePressure",
    alert: "KubeNodePressure",
  },
  { failureMode: "a node evicts pods", knownAs: "NodeEviction", alert: "KubeNodeEviction" },
  { failureMode: "a node has nearly as many pods as it may", knownAs: "TooManyPods", alert: "KubeletTooManyPods" },
  { failureMode: "no kubelet answers", knownAs: "KubeletDown", alert: "KubeletDown" },
  { failureMode: "one kubelet does not answer", knownAs: "InstanceUnreachable", alert: "KubeletInstanceUnreachable" },
  {
    failureMode: "a kubelet is slow to see its containers",
    knownAs: "PlegDurationHigh",
    alert: "KubeletPlegDurationHigh",
  },
  { failureMode: "pods start slowly", knownAs: "PodStartUpLatencyHigh", alert: "KubeletPodStartUpLatencyHigh" },
  {
    failureMode: "a kubelet's client certificate ends soon",
    knownAs: "client certificate expiration",
    alert: "KubeletClientCertificateExpiration",
  },
  {
    failureMode: "a kubelet's server certificate ends soon",
    knownAs: "server certificate expiration",
    alert: "KubeletServerCertificateExpiration",
  },
  {
    failureMode: "a kubelet's client certificate is not renewed",
    knownAs: "client certificate renewal errors",
    alert: "KubeletClientCertificateRenewalErrors",
  },
  {
    failureMode: "a kubelet's server certificate is not renewed",
    knownAs: "server certificate renewal errors",
    alert: "KubeletServerCertificateRenewalErrors",
  },
  { failureMode: "a kubelet fails to reach the API server", knownAs: "ClientErrors", alert: "KubeClientErrors" },
  { failureMode: "versions of Kubernetes differ for long", knownAs: "VersionMismatch", alert: "KubeVersionMismatch" },
];
