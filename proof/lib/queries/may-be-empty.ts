const nobodyTold = "an Alertmanager whose receivers tell nobody";

/** Why a recording rule may give no series in a healthy cluster, by its name. */
export const rulesThatMayBeEmpty: ReadonlyMap<string, string> = new Map([
  ["instance_integration:alertmanager_notifications_failed:ratio_rate15m", nobodyTold],
  ["job_integration:alertmanager_notifications_failed:min_ratio_rate15m", nobodyTold],
  ["instance:prometheus_tsdb_size_at_retention:bytes", "a Prometheus that started within the last day"],
  ["namespace_pod:kube_pod_out_of_reach:max", "a cluster whose nodes all report, and in which no pod is being deleted"],
]);
