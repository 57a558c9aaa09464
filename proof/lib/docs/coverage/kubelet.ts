import type { CoverageRow } from "./types.js";

/** How nodes and kubelets fail. */
export const kubelet: readonly CoverageRow[] = [
  { failureMode: "a node says that it is not ready", knownAs: "KubeNodeNotReady", alert: "KubeNodeNotReady" },
  { failureMode: "a node no longer reports", knownAs: "KubeNodeUnreachable", alert: "KubeNodeUnreachable" },
  {
    failureMode: "a node is ready and not ready by turns",
    knownAs: "KubeNodeReadinessFlapping",
    alert: "KubeNodeReadinessFlapping",
  },
  {
    failureMode: "a node runs out of memory, disk or process numbers",
    knownAs: "KubeNodePressure",
    alert: "KubeNodePressure",
  },
  { failureMode: "a node evicts pods", knownAs: "KubeNodeEviction", alert: "KubeNodeEviction" },
  {
    failureMode: "a node has nearly as many pods as it may",
    knownAs: "KubeletTooManyPods",
    alert: "KubeletTooManyPods",
  },
  { failureMode: "no kubelet answers", knownAs: "KubeletDown", alert: "KubeletDown" },
  {
    failureMode: "one kubelet does not answer",
    knownAs: "KubeletInstanceUnreachable",
    alert: "KubeletInstanceUnreachable",
  },
  {
    failureMode: "a kubelet is slow to see its containers",
    knownAs: "KubeletPlegDurationHigh",
    alert: "KubeletPlegDurationHigh",
  },
  { failureMode: "pods start slowly", knownAs: "KubeletPodStartUpLatencyHigh", alert: "KubeletPodStartUpLatencyHigh" },
  {
    failureMode: "a kubelet's client certificate ends soon",
    knownAs: "KubeletClientCertificateExpiration",
    alert: "KubeletClientCertificateExpiration",
  },
  {
    failureMode: "a kubelet's server certificate ends soon",
    knownAs: "KubeletServerCertificateExpiration",
    alert: "KubeletServerCertificateExpiration",
  },
  {
    failureMode: "a kubelet's client certificate is not renewed",
    knownAs: "KubeletClientCertificateRenewalErrors",
    alert: "KubeletClientCertificateRenewalErrors",
  },
  {
    failureMode: "a kubelet's server certificate is not renewed",
    knownAs: "KubeletServerCertificateRenewalErrors",
    alert: "KubeletServerCertificateRenewalErrors",
  },
  { failureMode: "a kubelet fails to reach the API server", knownAs: "KubeClientErrors", alert: "KubeClientErrors" },
  {
    failureMode: "versions of Kubernetes differ for long",
    knownAs: "KubeVersionMismatch",
    alert: "KubeVersionMismatch",
  },
];
