import { type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph, stat, table } from "../lib/panels.js";
import { narrowed, reads } from "../lib/variables.js";
import { process } from "./process.js";

const servers = reads("prometheus");
const everyJob = narrowed("cluster").join(", ");

/** Prometheus itself: what it takes in, what it keeps, what it evaluates, and whether any of that fails. */
export function prometheus(): DashboardFile {
  return dashboardFile({
    name: "prometheus",
    source: "generators/grafana/dashboards/prometheus.ts",
    area: "monitoring",
    title: "Prometheus",
    description: "What Prometheus takes in, keeps and evaluates, and what of that fails. Its price is on another page.",
    jobs: ["prometheus"],
    seeAlso: ["cost", "alertmanager", "cluster"],
    rows: [
      {
        title: "At a glance",
        panels: [
          stat({
            title: "Replicas up",
            description: "Replicas that answered the last scrape.",
            unit: "none",
            expr: `sum(up{${servers}})`,
          }),
          stat({
            title: "Targets up",
            description: "Share of all targets that answered the last scrape.",
            unit: "percentunit",
            decimals: 1,
            expr: `avg(up{${everyJob}})`,
          }),
          stat({
            title: "Series",
            description: "Series in memory: what a replica costs.",
            unit: "short",
            expr: `max(prometheus_tsdb_head_series{${servers}})`,
          }),
          stat({
            title: "Samples taken in",
            description: "Samples that one replica takes in.",
            unit: "short",
            expr: `max(rate(prometheus_tsdb_head_samples_appended_total{${servers}, type="float"}[5m]))`,
          }),
          stat({
            title: "Configuration",
            description:
              "Whether every replica runs what its files say. If not, the last files do not load and the old ones go on.",
            unit: "bool_yes_no",
            expr: `min(prometheus_config_last_reload_successful{${servers}})`,
          }),
          stat({
            title: "Size at retention",
            description: "What the samples will come to once the oldest reach the retention time. Known after a day.",
            unit: "bytes",
            empty: "Known after a day",
            mayBeEmpty: "a Prometheus that started within the last day",
            expr: `max(instance:prometheus_tsdb_size_at_retention:bytes{${servers}})`,
          }),
        ],
      },
      {
        title: "Scraping",
        panels: [
          table({
            title: "Jobs",
            description: "Targets, answers and the slowest scrape of every job.",
            labels: { job: "Job" },
            sortBy: "Targets",
            width: 12,
            columns: [
              { name: "Targets", unit: "none", expr: `count by (job) (up{${everyJob}})` },
              { name: "Up", unit: "none", expr: `sum by (job) (up{${everyJob}})` },
              {
                name: "Slowest scrape",
                unit: "s",
                decimals: 2,
                expr: `max by (job) (scrape_duration_seconds{${everyJob}})`,
              },
            ],
          }),
          graph({
            title: "Scrapes that were thrown away",
            description: "Scrapes per second that were refused as a whole, or lost samples, by the reason.",
            unit: "ops",
            height: 9,
            queries: (
              [
                ["prometheus_target_scrapes_exceeded_sample_limit_total", "too many samples"],
                ["prometheus_target_scrapes_exceeded_body_size_limit_total", "too large"],
                ["prometheus_target_scrape_pool_exceeded_label_limits_total", "labels too many or too long"],
                ["prometheus_target_scrape_pool_exceeded_target_limit_total", "too many targets"],
                ["prometheus_target_scrapes_sample_duplicate_timestamp_total", "the same sample twice"],
                ["prometheus_target_scrapes_sample_out_of_order_total", "out of order"],
                ["prometheus_target_scrapes_sample_out_of_bounds_total", "too old or from the future"],
              ] as const
            ).map(([metric, legend]) => ({ expr: `sum(rate(${metric}{${servers}}[$__rate_interval]))`, legend })),
          }),
          graph({
            title: "Samples per second",
            description: "Samples that each replica takes in, scraped and evaluated.",
            unit: "cps",
            expr: `sum by (instance) (rate(prometheus_tsdb_head_samples_appended_total{${servers}}[$__rate_interval]))`,
            legend: "{{instance}}",
          }),
          graph({
            title: "Discovery",
            description: "Targets that each job's discovery found, and failures of the requests to the API server.",
            unit: "none",
            queries: [
              {
                expr: `max by (config) (prometheus_sd_discovered_targets{${servers}, name="scrape"})`,
                legend: "{{config}}",
              },
              {
                expr: `sum(increase(prometheus_sd_kubernetes_failures_total{${servers}}[10m]))`,
                legend: "failures within ten minutes",
              },
            ],
          }),
        ],
      },
      {
        title: "Storage",
        panels: [
          graph({
            title: "Series in memory",
            description: "Series of the last two hours. Growth without end is a label whose values never repeat.",
            unit: "short",
            expr: `prometheus_tsdb_head_series{${servers}}`,
            legend: "{{instance}}",
          }),
          graph({
            title: "Series that come and go",
            description: "Series per second that are new, and that are forgotten. Each costs, however short its life.",
            unit: "ops",
            queries: [
              {
                expr: `rate(prometheus_tsdb_head_series_created_total{${servers}}[$__rate_interval])`,
                legend: "{{instance}} new",
              },
              {
                expr: `rate(prometheus_tsdb_head_series_removed_total{${servers}}[$__rate_interval])`,
                legend: "{{instance}} forgotten",
              },
            ],
          }),
          graph({
            title: "Disk",
            description:
              "Bytes on disk: finished blocks, the log of the last hours, and the memory-mapped part of the head.",
            unit: "bytes",
            stacked: true,
            queries: [
              { expr: `max(prometheus_tsdb_storage_blocks_bytes{${servers}})`, legend: "blocks" },
              { expr: `max(prometheus_tsdb_wal_storage_size_bytes{${servers}})`, legend: "log" },
              { expr: `max(prometheus_tsdb_head_chunks_storage_size_bytes{${servers}})`, legend: "head" },
            ],
          }),
          graph({
            title: "Oldest sample",
            description:
              "How far back the samples go, beside the retention time. Shorter, because the size was reached first or it has not run that long.",
            unit: "s",
            queries: [
              { expr: `time() - prometheus_tsdb_lowest_timestamp_seconds{${servers}}`, legend: "{{instance}}" },
              { expr: `max(prometheus_tsdb_retention_limit_seconds{${servers}})`, legend: "retention time" },
            ],
          }),
          graph({
            title: "What failed in the storage",
            description:
              "Failures within an hour. Any of them is worth a look at the log of Prometheus and at its disk.",
            unit: "none",
            bad: [1],
            queries: (
              [
                ["prometheus_tsdb_compactions_failed_total", "compactions"],
                ["prometheus_tsdb_reloads_failures_total", "loading of blocks"],
                ["prometheus_tsdb_head_truncations_failed_total", "truncations of the head"],
                ["prometheus_tsdb_wal_writes_failed_total", "writes to the log"],
                ["prometheus_tsdb_wal_corruptions_total", "corruptions of the log"],
              ] as const
            ).map(([metric, legend]) => ({ expr: `sum(increase(${metric}{${servers}}[1h]))`, legend })),
          }),
        ],
      },
      {
        title: "Rules and queries",
        panels: [
          graph({
            title: "Time of each group of rules",
            description:
              "How long the last evaluation of a group took. Longer than its interval, evaluations are left out.",
            unit: "s",
            expr: `topk(10, max by (rule_group) (prometheus_rule_group_last_duration_seconds{${servers}}))`,
            legend: "{{rule_group}}",
          }),
          graph({
            title: "Evaluations failed or left out",
            description: "Within ten minutes. A rule that fails is a rule that does not alert.",
            unit: "none",
            bad: [1],
            queries: [
              {
                expr: `sum(increase(prometheus_rule_evaluation_failures_total{${servers}}[10m]))`,
                legend: "failed",
              },
              {
                expr: `sum(increase(prometheus_rule_group_iterations_missed_total{${servers}}[10m]))`,
                legend: "left out",
              },
            ],
          }),
          graph({
            title: "Queries in work",
            description: "Queries that run or wait, beside how many may run at a time.",
            unit: "none",
            queries: [
              { expr: `prometheus_engine_queries{${servers}}`, legend: "{{instance}}" },
              { expr: `max(prometheus_engine_queries_concurrent_max{${servers}})`, legend: "may run" },
            ],
          }),
          graph({
            title: "Time of a query",
            description: "Within this time 99 of 100 queries were evaluated, by the part of the work.",
            unit: "s",
            expr: `max by (slice) (prometheus_engine_query_duration_seconds{${servers}, quantile="0.99"})`,
            legend: "{{slice}}",
          }),
        ],
      },
      remoteWrite(),
      process(servers, "{{instance}}"),
    ],
  });
}

/** What is sent on, which only a Prometheus with a remote_write has. */
function remoteWrite() {
  const none = {
    empty: "Nothing is sent on: see components/remote-write",
    mayBeEmpty: "a Prometheus without remote write",
  };
  const sent = (metric: string) =>
    `sum by (remote_name) (rate(prometheus_remote_storage_${metric}{${servers}}[$__rate_interval]))`;
  return {
    title: "Remote write",
    panels: [
      graph({
        ...none,
        title: "Behind",
        description:
          "How old the last sample is that arrived there. It grows while the endpoint is away; after two hours samples are lost.",
        unit: "s",
        expr: `time() - prometheus_remote_storage_queue_highest_sent_timestamp_seconds{${servers}}`,
        legend: "{{instance}} {{remote_name}}",
      }),
      graph({
        ...none,
        title: "Samples sent",
        description:
          "Samples per second that were sent, tried again, refused for good, and left out by write_relabel_configs.",
        unit: "cps",
        queries: (
          [
            ["samples_total", "sent"],
            ["histograms_total", "native histograms sent"],
            ["samples_retried_total", "tried again"],
            ["samples_failed_total", "refused"],
            ["samples_dropped_total", "left out"],
          ] as const
        ).map(([metric, legend]) => ({ expr: sent(metric), legend: `{{remote_name}} ${legend}` })),
      }),
      graph({
        ...none,
        title: "Connections",
        description: "Connections that are in use, how many it would take to catch up, and how many there may be.",
        unit: "none",
        queries: [
          { expr: `prometheus_remote_storage_shards{${servers}}`, legend: "{{instance}} {{remote_name}} in use" },
          {
            expr: `prometheus_remote_storage_shards_desired{${servers}}`,
            legend: "{{instance}} {{remote_name}} wanted",
          },
          {
            expr: `max by (remote_name) (prometheus_remote_storage_shards_max{${servers}})`,
            legend: "{{remote_name}} at most",
          },
        ],
      }),
    ],
  };
}
