import type { CoverageRow } from "./types.js";

/** How the controller manager fails. */
export const kubeControllerManager: readonly CoverageRow[] = [
  {
    failureMode: "no controller manager answers",
    knownAs: "ControllerManagerDown",
    alert: "KubeControllerManagerDown",
  },
  {
    failureMode: "one controller manager does not answer",
    knownAs: "ControllerManagerInstanceUnreachable",
    alert: "KubeControllerManagerInstanceUnreachable",
  },
  { failureMode: "no controller manager leads", alert: "KubeControllerManagerNoLeader" },
  {
    failureMode: "a controller manager fails to reach the API server",
    knownAs: "ClientErrors",
    alert: "KubeClientErrors",
  },
];
