import type { CoverageRow } from "./types.js";

/** How Grafana fails. */
export const grafana: readonly CoverageRow[] = [
  {
    failureMode: "Grafana answers with errors",
    knownAs: "GrafanaRequestsFailing",
    reason:
      "Nothing scrapes Grafana, which only people ask: they see the error at once. That it is away is KubeDeploymentReplicasMismatch.",
  },
];
