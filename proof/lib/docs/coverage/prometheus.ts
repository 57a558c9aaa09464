import type { CoverageRow } from "./types.js";

/** What the rules of `prometheus` cover. */
export const prometheusCoverage: readonly CoverageRow[] = [
  known("the configuration does not load", "PrometheusBadConfig"),
  known("a discovery that asks at intervals fails", "PrometheusSDRefreshFailure"),
  known("objects of Kubernetes cannot be listed or watched", "PrometheusKubernetesListWatchFailures"),
  known("blocks cannot be loaded", "PrometheusTSDBReloadsFailing"),
  known("samples cannot be compacted", "PrometheusTSDBCompactionsFailing"),
  known("no sample is stored", "PrometheusNotIngestingSamples"),
  known("series come twice at one time", "PrometheusDuplicateTimestamps"),
  known("samples come too late", "PrometheusOutOfOrderTimestamps"),
  known("remote storage refuses samples", "PrometheusRemoteStorageFailures"),
  known("remote storage lags behind", "PrometheusRemoteWriteBehind"),
  known("remote storage would take more connections than allowed", "PrometheusRemoteWriteDesiredShards"),
  known("rules fail", "PrometheusRuleFailures"),
  known("rules are skipped", "PrometheusMissingRuleEvaluations"),
  known("a job has more targets than allowed", "PrometheusTargetLimitHit"),
  known("a target answers with more labels than allowed", "PrometheusLabelLimitHit"),
  known("a target answers with more bytes than allowed", "PrometheusScrapeBodySizeLimitHit"),
  known("a target answers with more samples than allowed", "PrometheusScrapeSampleLimitHit"),
  known("discovered targets are invalid", "PrometheusTargetSyncFailure"),
  known("queries wait for one another", "PrometheusHighQueryLoad"),
  { failureMode: "a job finds no target, so that nothing can be down", alert: "PrometheusJobWithoutTargets" },
  { failureMode: "the volume fills before retention deletes anything", alert: "PrometheusVolumeFillsBeforeRetention" },
  { failureMode: "series in memory grow without end", alert: "PrometheusHeadSeriesGrowing" },
];

function known(failureMode: string, alert: string): CoverageRow {
  return { failureMode, knownAs: alert, alert };
}
