import type { CoverageRow } from "./types.js";

/** How kube-proxy fails. */
export const kubeProxy: readonly CoverageRow[] = [
  { failureMode: "no kube-proxy answers", knownAs: "KubeProxyDown", alert: "KubeProxyDown" },
  { failureMode: "kube-proxy on one node does not answer", alert: "KubeProxyInstanceUnreachable" },
  { failureMode: "changes of Services are not written", alert: "KubeProxyRulesStale" },
  { failureMode: "kube-proxy fails to reach the API server", knownAs: "KubeClientErrors", alert: "KubeClientErrors" },
];
