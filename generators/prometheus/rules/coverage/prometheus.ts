import type { CoverageRow } from "./types.js";

/** What the rules of `prometheus` cover. */
export const prometheusCoverage: readonly CoverageRow[] = [
  known("The configuration does not load", "PrometheusBadConfig"),
  known("A discovery that asks at intervals fails", "PrometheusSDRefreshFailure"),
  known("Objects of Kubernetes cannot be listed or watched", "PrometheusKubernetesListWatchFailures"),
  known("Blocks cannot be loaded", "PrometheusTSDBReloadsFailing"),
  known("Samples cannot be compacted", "PrometheusTSDBCompactionsFailing"),
  known("No sample is stored", "PrometheusNotIngestingSamples"),
  known("Samples contradict one another", "PrometheusDuplicateTimestamps"),
  known("Samples come too late", "PrometheusOutOfOrderTimestamps"),
  known("Remote storage refuses samples", "PrometheusRemoteStorageFailures"),
  known("Remote storage lags behind", "PrometheusRemoteWriteBehind"),
  known("Remote storage would take more connections than allowed", "PrometheusRemoteWriteDesiredShards"),
  known("Rules fail", "PrometheusRuleFailures"),
  known("Rules are skipped", "PrometheusMissingRuleEvaluations"),
  known("A job has more targets than allowed", "PrometheusTargetLimitHit"),
  known("A target answers with more labels than allowed", "PrometheusLabelLimitHit"),
  known("A target answers with more bytes than allowed", "PrometheusScrapeBodySizeLimitHit"),
  known("A target answers with more samples than allowed", "PrometheusScrapeSampleLimitHit"),
  known("Discovered targets are invalid", "PrometheusTargetSyncFailure"),
  known("Queries wait for one another", "PrometheusHighQueryLoad"),
  { failureMode: "A job finds no target, so that nothing can be down", alert: "PrometheusJobWithoutTargets" },
  { failureMode: "The volume fills before retention deletes anything", alert: "PrometheusVolumeFillsBeforeRetention" },
  { failureMode: "Series in memory grow without end", alert: "PrometheusHeadSeriesGrowing" },
];

function known(failureMode: string, alert: string): CoverageRow {
  return { failureMode, knownAs: alert, alert };
}
