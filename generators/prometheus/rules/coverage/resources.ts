import type { CoverageRow } from "./types.js";

/** How CPU, memory and quotas run out. */
export const resources: readonly CoverageRow[] = [
  {
    failureMode: "CPU requests do not survive the loss of a node",
    knownAs: "CPUOvercommit",
    alert: "KubeCPUOvercommit",
  },
  {
    failureMode: "memory requests do not survive the loss of a node",
    knownAs: "MemoryOvercommit",
    alert: "KubeMemoryOvercommit",
  },
  {
    failureMode: "quotas promise more CPU than there is",
    knownAs: "CPUQuotaOvercommit",
    alert: "KubeCPUQuotaOvercommit",
  },
  {
    failureMode: "quotas promise more memory than there is",
    knownAs: "MemoryQuotaOvercommit",
    alert: "KubeMemoryQuotaOvercommit",
  },
  { failureMode: "a quota is nearly used up", knownAs: "QuotaAlmostFull", alert: "KubeQuotaAlmostFull" },
  { failureMode: "a quota is used up", knownAs: "QuotaFullyUsed", alert: "KubeQuotaFullyUsed" },
  { failureMode: "a quota is exceeded", knownAs: "QuotaExceeded", alert: "KubeQuotaExceeded" },
  {
    failureMode: "a container is held back by its CPU limit",
    knownAs: "CPUThrottlingHigh",
    alert: "CPUThrottlingHigh",
  },
];
