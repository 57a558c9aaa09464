import type { CoverageRow } from "./types.js";

/** How the API server fails its clients. */
export const kubernetesApiservers: readonly CoverageRow[] = [
  {
    failureMode: "requests fail or are slow: two days of budget left, or five, ten, thirty",
    knownAs: "error budget burn",
    alert: "KubeAPIErrorBudgetBurn",
  },
  {
    failureMode: "the server turns requests away",
    knownAs: "APITerminatedRequests",
    alert: "KubeAPITerminatedRequests",
  },
  { failureMode: "no API server answers", knownAs: "APIDown", alert: "KubeAPIDown" },
  {
    failureMode: "one API server does not answer",
    knownAs: "APIInstanceUnreachable",
    alert: "KubeAPIInstanceUnreachable",
  },
  { failureMode: "an aggregated API is away", knownAs: "AggregatedAPIDown", alert: "KubeAggregatedAPIDown" },
  { failureMode: "an aggregated API comes and goes", knownAs: "AggregatedAPIErrors", alert: "KubeAggregatedAPIErrors" },
  {
    failureMode: "a client's certificate ends soon",
    knownAs: "ClientCertificateExpiration",
    alert: "KubeClientCertificateExpiration",
  },
  {
    failureMode: "a part of Kubernetes fails to reach the API server",
    knownAs: "ClientErrors",
    alert: "KubeClientErrors",
  },
];
