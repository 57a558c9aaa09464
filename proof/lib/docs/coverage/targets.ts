import type { CoverageRow } from "./types.js";

/** What the rules of `targets` cover. */
export const targetsCoverage: readonly CoverageRow[] = [
  { failureMode: "targets of a job do not answer", knownAs: "TargetDown", alert: "TargetDown" },
  { failureMode: "one node of many does not answer a job", alert: "NodeTargetDown" },
  { failureMode: "cAdvisor answers, and cannot read containers", alert: "ContainerMetricsIncomplete" },
  { failureMode: "alerts do not reach anybody", knownAs: "Watchdog", alert: "Watchdog" },
  {
    failureMode: "info alerts disturb although nothing worse happens",
    knownAs: "InfoInhibitor",
    alert: "InfoInhibitor",
  },
];
