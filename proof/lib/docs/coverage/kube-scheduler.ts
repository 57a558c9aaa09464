import type { CoverageRow } from "./types.js";

/** How the scheduler fails. */
export const kubeScheduler: readonly CoverageRow[] = [
  { failureMode: "no scheduler answers", knownAs: "KubeSchedulerDown", alert: "KubeSchedulerDown" },
  {
    failureMode: "one scheduler does not answer",
    knownAs: "KubeSchedulerInstanceUnreachable",
    alert: "KubeSchedulerInstanceUnreachable",
  },
  { failureMode: "no scheduler leads", alert: "KubeSchedulerNoLeader" },
  { failureMode: "a scheduler fails to reach the API server", knownAs: "KubeClientErrors", alert: "KubeClientErrors" },
];
