import type { CoverageRow } from "./types.js";

/** What the rules of `alertmanager` cover. */
export const alertmanagerCoverage: readonly CoverageRow[] = [
  known("the configuration does not load", "AlertmanagerFailedReload"),
  known("replicas do not see one another", "AlertmanagerMembersInconsistent"),
  known("one replica cannot tell what another can", "AlertmanagerFailedToSendAlerts"),
  known("no replica can tell", "AlertmanagerClusterFailedToSendAlerts"),
  known("replicas have different configurations", "AlertmanagerConfigInconsistent"),
  known("half of the replicas are down", "AlertmanagerClusterDown"),
  known("half of the replicas start again and again", "AlertmanagerClusterCrashlooping"),
  known("a replica has lost others", "AlertmanagerClusterFailedPeers"),
];

function known(failureMode: string, alert: string): CoverageRow {
  return { failureMode, knownAs: alert, alert };
}
