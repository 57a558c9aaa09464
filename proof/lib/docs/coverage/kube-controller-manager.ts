import type { CoverageRow } from "./types.js";

/** How the controller manager fails. */
export const kubeControllerManager: readonly CoverageRow[] = [
  {
    failureMode: "no controller manager answers",
    knownAs: "KubeControllerManagerDown",
    alert: "KubeControllerManagerDown",
  },
  {
    failureMode: "one controller manager does not answer",
    knownAs: "KubeControllerManagerInstanceUnreachable",
    alert: "KubeControllerManagerInstanceUnreachable",
  },
  { failureMode: "no controller manager leads", alert: "KubeControllerManagerNoLeader" },
  {
    failureMode: "a controller manager fails to reach the API server",
    knownAs: "KubeClientErrors",
    alert: "KubeClientErrors",
  },
];
