import type { AlertingRule, RuleFile, RuleGroup } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { alertingRule } from "./alerting-rule.js";
import { lines } from "./lines.js";
import { ofWorkload } from "./of-workload.js";

const job = 'job="prometheus"';

/** Prometheus itself: its configuration, discovery, scrapes, rules, storage and remote storage. */
export function prometheus(settings: Settings): RuleFile {
  return {
    subject: "prometheus",
    about: "Prometheus itself: its configuration, discovery, scrapes, rules, storage and remote storage.",
    source: "generators/prometheus/rules/prometheus.ts",
    jobs: ["prometheus", "kubelet"],
    groups: [discovery(), scraping(), rules(settings), storage(), growth(settings), remoteWrite(settings)],
  };
}

/** How many targets each Prometheus found for each job. */
function found(more = ""): string {
  return `max_over_time(prometheus_target_scrape_pool_targets{${job}${more}}[5m])`;
}

function discovery(): RuleGroup {
  return {
    name: "prometheus-discovery",
    rules: [
      alertingRule({
        alert: "PrometheusBadConfig",
        expr: `last_over_time(prometheus_config_last_reload_successful{${job}}[5m]) == 0`,
        for: "5m",
        severity: "critical",
        summary: "Prometheus cannot load its configuration.",
        description:
          "{{ $labels.instance }} goes on with the last configuration that it could load; a restart would end it.",
      }),
      alertingRule({
        alert: "PrometheusJobWithoutTargets",
        why: "With no target there is no `up` that could be 0, and TargetDown stays silent. That no application asks to be scraped is no fault. Shards, and agents on nodes, share the targets of a job: that a whole workload has none is no fault where another one has some. Replicas of one workload find the same.",
        expr: lines(
          `${ofWorkload(found(', scrape_job!~"annotated-.+"'))} == 0`,
          "unless on (namespace, scrape_job, workload) (",
          `max by (namespace, scrape_job, workload) (${ofWorkload(found())}) == 0`,
          `and on (namespace, scrape_job) ${found()} > 0)`,
        ),
        for: "15m",
        severity: "warning",
        summary: "A scrape job finds no target at all.",
        description: "Job {{ $labels.scrape_job }} of {{ $labels.instance }} has found no target for 15 minutes.",
      }),
      alertingRule({
        alert: "PrometheusKubernetesListWatchFailures",
        expr: `increase(prometheus_sd_kubernetes_failures_total{${job}}[5m]) > 0`,
        for: "15m",
        severity: "warning",
        summary: "Prometheus cannot list or watch objects that it discovers targets by.",
        description:
          '{{ $labels.instance }} failed {{ $value | printf "%.0f" }} times within 5 minutes: new targets go unseen.',
      }),
      alertingRule({
        alert: "PrometheusSDRefreshFailure",
        why: "Only a discovery that asks again and again has these series (dns_sd_configs, http_sd_configs): no job of base/ has one.",
        expr: `increase(prometheus_sd_refresh_failures_total{${job}}[10m]) > 0`,
        for: "20m",
        severity: "warning",
        summary: "Prometheus cannot refresh the targets of a job.",
        description:
          'Discovery {{ $labels.mechanism }} of {{ $labels.config }} failed {{ $value | printf "%.0f" }} times within 10 minutes on {{ $labels.instance }}.',
      }),
      alertingRule({
        alert: "PrometheusTargetSyncFailure",
        expr: `increase(prometheus_target_sync_failed_total{${job}}[30m]) > 0`,
        for: "5m",
        severity: "critical",
        summary: "Prometheus cannot make targets of what it discovered.",
        description:
          '{{ $value | printf "%.0f" }} targets of job {{ $labels.scrape_job }} failed within 30 minutes on {{ $labels.instance }}: their labels or address are invalid.',
      }),
    ],
  };
}

function scraping(): RuleGroup {
  return {
    name: "prometheus-scraping",
    rules: [
      alertingRule({
        alert: "PrometheusTargetLimitHit",
        why: "A job over its limit fails as a whole. These gauges name the job; the counter of the failure does not.",
        expr: lines(
          `min_over_time(prometheus_target_scrape_pool_targets{${job}}[5m])`,
          `> (last_over_time(prometheus_target_scrape_pool_target_limit{${job}}[5m]) > 0)`,
        ),
        for: "15m",
        severity: "warning",
        summary: "A scrape job has more targets than its limit, and scrapes none of them.",
        description:
          "Job {{ $labels.scrape_job }} of {{ $labels.instance }} has {{ $value }} targets, more than its `target_limit`.",
      }),
      limitHit("PrometheusLabelLimitHit", "prometheus_target_scrape_pool_exceeded_label_limits_total", "labels"),
      limitHit("PrometheusScrapeSampleLimitHit", "prometheus_target_scrapes_exceeded_sample_limit_total", "samples"),
      limitHit("PrometheusScrapeBodySizeLimitHit", "prometheus_target_scrapes_exceeded_body_size_limit_total", "bytes"),
      alertingRule({
        alert: "PrometheusDuplicateTimestamps",
        expr: `rate(prometheus_target_scrapes_sample_duplicate_timestamp_total{${job}}[5m]) > 0`,
        for: "30m",
        severity: "warning",
        summary: "Prometheus drops samples of series that it gets twice.",
        description:
          '{{ $labels.instance }} drops {{ $value | printf "%.1f" }} samples a second, since it has one of the same series and time already: a target names a series twice, or two targets have the same labels.',
      }),
      alertingRule({
        alert: "PrometheusOutOfOrderTimestamps",
        expr: `rate(prometheus_target_scrapes_sample_out_of_order_total{${job}}[5m]) > 0`,
        for: "30m",
        severity: "warning",
        summary: "Prometheus drops samples that come too late.",
        description:
          '{{ $labels.instance }} drops {{ $value | printf "%.1f" }} samples a second that are older than the last of their series.',
      }),
      alertingRule({
        alert: "PrometheusNotIngestingSamples",
        why: "A Prometheus that takes in nothing does not see itself either: a second replica has to tell.",
        expr: lines(
          `sum without (type) (rate(prometheus_tsdb_head_samples_appended_total{${job}}[5m])) == 0`,
          `and on (instance) sum by (instance) (last_over_time(prometheus_target_scrape_pool_targets{${job}}[5m])) > 0`,
        ),
        for: "10m",
        severity: "warning",
        summary: "Prometheus takes in no samples.",
        description: "{{ $labels.instance }} has targets and has stored no sample for 10 minutes.",
      }),
    ],
  };
}

/** A scrape that broke a limit counts as failed, and nothing of it is stored. */
function limitHit(alert: string, metric: string, what: string): AlertingRule {
  return alertingRule({
    alert,
    expr: `increase(${metric}{${job}}[5m]) > 0`,
    for: "15m",
    severity: "warning",
    summary: `A target answers with more ${what} than its job allows.`,
    description: `Within 5 minutes, {{ $labels.instance }} refused {{ $value | printf "%.0f" }} scrapes for too many ${what}: nothing of them is stored.`,
  });
}

function rules({ thresholds }: Settings): RuleGroup {
  return {
    name: "prometheus-rules",
    rules: [
      alertingRule({
        alert: "PrometheusRuleFailures",
        expr: `increase(prometheus_rule_evaluation_failures_total{${job}}[5m]) > 0`,
        for: "15m",
        severity: "critical",
        summary: "Prometheus fails to evaluate rules.",
        description:
          '{{ $value | printf "%.0f" }} evaluations of {{ $labels.rule_group }} failed within 5 minutes on {{ $labels.instance }}: its alerts may be blind.',
      }),
      alertingRule({
        alert: "PrometheusMissingRuleEvaluations",
        expr: `increase(prometheus_rule_group_iterations_missed_total{${job}}[5m]) > 0`,
        for: "15m",
        severity: "warning",
        summary: "Prometheus skips evaluations of rules.",
        description:
          '{{ $labels.instance }} skipped {{ $labels.rule_group }} {{ $value | printf "%.0f" }} times within 5 minutes: it takes longer than its interval.',
      }),
      alertingRule({
        alert: "PrometheusHighQueryLoad",
        expr: lines(
          `avg_over_time(prometheus_engine_queries{${job}}[5m])`,
          `  / (last_over_time(prometheus_engine_queries_concurrent_max{${job}}[5m]) > 0) > ${thresholds.prometheus.queryConcurrencyRatio}`,
        ),
        for: "15m",
        severity: "warning",
        summary: "Prometheus has hardly any room for further queries.",
        description:
          "{{ $value | humanizePercentage }} of the queries that {{ $labels.instance }} runs at a time are taken: others, rules included, wait.",
      }),
    ],
  };
}

function storage(): RuleGroup {
  return {
    name: "prometheus-storage",
    rules: [
      alertingRule({
        alert: "PrometheusTSDBReloadsFailing",
        expr: `increase(prometheus_tsdb_reloads_failures_total{${job}}[3h]) > 0`,
        for: "1h",
        severity: "warning",
        summary: "Prometheus cannot read its blocks from disk.",
        description:
          '{{ $labels.instance }} failed {{ $value | printf "%.0f" }} times within 3 hours to load its blocks.',
      }),
      alertingRule({
        alert: "PrometheusTSDBCompactionsFailing",
        why: "The head is compacted every two hours, and a compaction that failed is tried again every minute.",
        expr: `increase(prometheus_tsdb_compactions_failed_total{${job}}[3h]) > 0`,
        for: "1h",
        severity: "warning",
        summary: "Prometheus cannot compact its samples.",
        description:
          '{{ $value | printf "%.0f" }} compactions of {{ $labels.instance }} failed within 3 hours: memory and log grow until one succeeds.',
      }),
    ],
  };
}

function growth({ thresholds }: Settings): RuleGroup {
  const { headSeriesDoublingDays, headSeriesFloor, volumeClaims, volumeUsableRatio } = thresholds.prometheus;
  const usable = `${volumeUsableRatio} * min by (namespace) (last_over_time(kubelet_volume_stats_capacity_bytes{job="kubelet", persistentvolumeclaim=~"${volumeClaims}"}[5m]))`;
  const last = (metric: string) => `last_over_time(${metric}{${job}}[5m])`;
  return {
    name: "prometheus-growth",
    interval: "1m",
    rules: [
      {
        record: "instance:prometheus_tsdb_size_at_retention:bytes",
        why: "What the samples come to once the oldest reach the retention time. The first day is too short to tell.",
        expr: lines(
          `${last("prometheus_tsdb_storage_blocks_bytes")} * ${last("prometheus_tsdb_retention_limit_seconds")}`,
          `  / (time() - ${last("prometheus_tsdb_lowest_timestamp_seconds")} > 86400)`,
          `+ ${last("prometheus_tsdb_wal_storage_size_bytes")} + ${last("prometheus_tsdb_head_chunks_storage_size_bytes")}`,
        ),
      },
      alertingRule({
        alert: "PrometheusVolumeFillsBeforeRetention",
        why: "Only volumes that are claims have series of their own: an emptyDir fills the node's filesystem. The claim is that of its own namespace, as others have claims of such a name as well. A retention size that the volume can hold deletes in time.",
        expr: lines(
          `instance:prometheus_tsdb_size_at_retention:bytes{${job}} > on (namespace) group_left () (${usable})`,
          `unless (${last("prometheus_tsdb_retention_limit_bytes")} > 0) <= on (namespace) group_left () (${usable})`,
          `unless ${last("prometheus_tsdb_retention_limit_percentage")} > 0`,
        ),
        for: "1h",
        severity: "warning",
        summary: "The volume of Prometheus will be full before its retention deletes anything.",
        description:
          "At today's rate {{ $labels.instance }} needs {{ $value | humanize1024 }}B for its retention time, more than its volume can take, and its retention size is no help: it is off or larger than the volume.",
      }),
      alertingRule({
        alert: "PrometheusHeadSeriesGrowing",
        why: "A deployment adds its series in one step, which is in the trend of 6 hours for as long; a leak goes on.",
        expr: lines(
          `predict_linear(prometheus_tsdb_head_series{${job}}[6h], ${headSeriesDoublingDays} * 86400)`,
          `  / (min_over_time(prometheus_tsdb_head_series{${job}}[5m]) > ${headSeriesFloor}) > 2`,
        ),
        for: "6h",
        severity: "warning",
        summary: "The series that Prometheus holds in memory grow without end.",
        description: `In ${headSeriesDoublingDays} days, {{ $labels.instance }} will hold {{ $value | printf "%.1f" }} times the series of today in memory.`,
      }),
    ],
  };
}

function remoteWrite({ thresholds }: Settings): RuleGroup {
  const { remoteWriteFailedRatio, remoteWriteBehindSeconds } = thresholds.prometheus;
  return {
    name: "prometheus-remote-write",
    why: "These series exist only with `remote_write`, as components/remote-write has it.",
    rules: [
      alertingRule({
        alert: "PrometheusRemoteStorageFailures",
        why: "Samples that can be tried again do not count as failed: those that do are lost.",
        expr: lines(
          `rate(prometheus_remote_storage_samples_failed_total{${job}}[5m])`,
          `  / rate(prometheus_remote_storage_samples_total{${job}}[5m]) > ${remoteWriteFailedRatio}`,
        ),
        for: "15m",
        severity: "critical",
        summary: "Remote storage refuses samples of Prometheus.",
        description:
          "{{ $value | humanizePercentage }} of the samples that {{ $labels.instance }} sends to {{ $labels.url }} are refused and lost.",
      }),
      alertingRule({
        alert: "PrometheusRemoteWriteBehind",
        why: "Held against the clock. Against the newest sample in the queue it would stay silent: while the endpoint is away the queue is full after seconds, and takes no newer one.",
        expr: lines(
          `time() - last_over_time(prometheus_remote_storage_queue_highest_sent_timestamp_seconds{${job}}[5m])`,
          `  > ${remoteWriteBehindSeconds}`,
        ),
        for: "15m",
        severity: "critical",
        summary: "Remote storage lags behind.",
        description:
          "What {{ $labels.instance }} sends to {{ $labels.url }} is {{ $value | humanizeDuration }} behind what it has.",
      }),
      alertingRule({
        alert: "PrometheusRemoteWriteDesiredShards",
        expr: `min_over_time(prometheus_remote_storage_shards_desired{${job}}[5m]) > last_over_time(prometheus_remote_storage_shards_max{${job}}[5m])`,
        for: "15m",
        severity: "warning",
        summary: "Prometheus may not send to remote storage as much at a time as it would have to.",
        description:
          '{{ $labels.instance }} wants {{ $value | printf "%.0f" }} senders for {{ $labels.url }}, more than `max_shards` allows.',
      }),
    ],
  };
}
