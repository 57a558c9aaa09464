import type { CoverageRow } from "./types.js";

/** What the rules of `alertmanager` cover. */
export const alertmanagerCoverage: readonly CoverageRow[] = [
  known("The configuration does not load", "AlertmanagerFailedReload"),
  known("Replicas do not see one another", "AlertmanagerMembersInconsistent"),
  known("One replica cannot tell what another can", "AlertmanagerFailedToSendAlerts"),
  known("No replica can tell", "AlertmanagerClusterFailedToSendAlerts"),
  known("Replicas have different configurations", "AlertmanagerConfigInconsistent"),
  known("Half of the replicas are down", "AlertmanagerClusterDown"),
  known("Half of the replicas start again and again", "AlertmanagerClusterCrashlooping"),
  known("A replica has lost others", "AlertmanagerClusterFailedPeers"),
];

function known(failureMode: string, alert: string): CoverageRow {
  return { failureMode, knownAs: alert, alert };
}
