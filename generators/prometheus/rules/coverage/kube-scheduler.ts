import type { CoverageRow } from "./types.js";

/** How the scheduler fails. */
export const kubeScheduler: readonly CoverageRow[] = [
  { failureMode: "no scheduler answers", knownAs: "SchedulerDown", alert: "KubeSchedulerDown" },
  {
    failureMode: "one scheduler does not answer",
    knownAs: "SchedulerInstanceUnreachable",
    alert: "KubeSchedulerInstanceUnreachable",
  },
  { failureMode: "no scheduler leads", alert: "KubeSchedulerNoLeader" },
  { failureMode: "a scheduler fails to reach the API server", knownAs: "ClientErrors", alert: "KubeClientErrors" },
];
