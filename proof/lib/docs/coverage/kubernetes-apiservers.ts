import type { CoverageRow } from "./types.js";

/** How the API server fails its clients. */
export const kubernetesApiservers: readonly CoverageRow[] = [
  {
    failureMode: "requests fail or are slow: two days of budget left, or five, ten, thirty",
    knownAs: "KubeAPIErrorBudgetBurn",
    alert: "KubeAPIErrorBudgetBurn",
  },
  {
    failureMode: "the server turns requests away",
    knownAs: "KubeAPITerminatedRequests",
    alert: "KubeAPITerminatedRequests",
  },
  { failureMode: "no API server answers", knownAs: "KubeAPIDown", alert: "KubeAPIDown" },
  {
    failureMode: "one API server does not answer",
    knownAs: "KubeAPIInstanceUnreachable",
    alert: "KubeAPIInstanceUnreachable",
  },
  { failureMode: "an aggregated API is away", knownAs: "KubeAggregatedAPIDown", alert: "KubeAggregatedAPIDown" },
  {
    failureMode: "an aggregated API comes and goes",
    knownAs: "KubeAggregatedAPIErrors",
    alert: "KubeAggregatedAPIErrors",
  },
  {
    failureMode: "a client's certificate ends soon",
    knownAs: "KubeClientCertificateExpiration",
    alert: "KubeClientCertificateExpiration",
  },
  {
    failureMode: "a part of Kubernetes fails to reach the API server",
    knownAs: "KubeClientErrors",
    alert: "KubeClientErrors",
  },
];
