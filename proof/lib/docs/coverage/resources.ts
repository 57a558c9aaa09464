import type { CoverageRow } from "./types.js";

/** How CPU, memory and quotas run out. */
export const resources: readonly CoverageRow[] = [
  {
    failureMode: "CPU requests do not survive the loss of a node",
    knownAs: "KubeCPUOvercommit",
    alert: "KubeCPUOvercommit",
  },
  {
    failureMode: "memory requests do not survive the loss of a node",
    knownAs: "KubeMemoryOvercommit",
    alert: "KubeMemoryOvercommit",
  },
  {
    failureMode: "quotas promise more CPU than there is",
    knownAs: "KubeCPUQuotaOvercommit",
    alert: "KubeCPUQuotaOvercommit",
  },
  {
    failureMode: "quotas promise more memory than there is",
    knownAs: "KubeMemoryQuotaOvercommit",
    alert: "KubeMemoryQuotaOvercommit",
  },
  { failureMode: "a quota is nearly used up", knownAs: "KubeQuotaAlmostFull", alert: "KubeQuotaAlmostFull" },
  { failureMode: "a quota is used up", knownAs: "KubeQuotaFullyUsed", alert: "KubeQuotaFullyUsed" },
  { failureMode: "a quota is exceeded", knownAs: "KubeQuotaExceeded", alert: "KubeQuotaExceeded" },
  {
    failureMode: "a container is held back by its CPU limit",
    knownAs: "CPUThrottlingHigh",
    alert: "CPUThrottlingHigh",
  },
];
