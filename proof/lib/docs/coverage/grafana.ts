import type { CoverageRow } from "./types.js";

/** How Grafana fails. */
export const grafana: readonly CoverageRow[] = [
  {
    failureMode: "Grafana answers with errors",
    knownAs: "GrafanaRequestsFailing",
    reason:
      "Only people ask Grafana: they see the error at once. That it is away is TargetDown and KubeDeploymentReplicasMismatch.",
  },
];
