import { type HistogramForm, histogram } from "../../../metrics/promql/histogram.js";
import { type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph, stat, table } from "../lib/panels.js";
import { narrowed, reads } from "../lib/variables.js";

const servers = reads("prometheus");
const everyJob = narrowed("cluster").join(", ");

// A replica knows its own scrapes only, so these are the figures of one replica.
const seriesByJob = `sum by (job) (scrape_samples_post_metric_relabeling{${everyJob}})`;
const samplesByJob = `sum by (job) (sum_over_time(scrape_samples_post_metric_relabeling{${everyJob}}[5m])) / 300`;
/** Bytes that a replica holds in memory for each of its series. */
const memoryOfSeries = `scalar(max(process_resident_memory_bytes{${servers}}) / max(prometheus_tsdb_head_series{${servers}}))`;

/** What each job costs: series in memory, samples to take in, bytes on disk. */
export function cost(form: HistogramForm): DashboardFile {
  const compacted = (name: string) => histogram(form, name, servers, { increase: "1d" }).sum();
  const bytes = compacted("prometheus_tsdb_compaction_chunk_size_bytes");
  const samples = compacted("prometheus_tsdb_compaction_chunk_samples");
  /** Bytes that a sample takes on disk once it is in a block, as the compactions of a day show. */
  const bytesOfSample = `scalar(${bytes} / ${samples})`;
  const young = "a Prometheus that has not compacted yet: it does so every two hours";
  const afterCompaction = "Known after the first compaction, two to three hours after the start";
  return dashboardFile({
    name: "cost",
    source: "generators/grafana/dashboards/cost.ts",
    area: "monitoring",
    title: "What monitoring costs",
    description:
      "Series, samples and bytes by job, for one replica: where the memory and the disk of Prometheus go, and what a job less would save.",
    jobs: ["prometheus"],
    narrowedBy: ["job"],
    seeAlso: ["prometheus", "cluster"],
    rows: [
      {
        title: "At a glance",
        panels: [
          stat({
            title: "All series",
            description: "Series in memory.",
            unit: "short",
            expr: `max(prometheus_tsdb_head_series{${servers}})`,
          }),
          stat({
            title: "Memory for each series",
            description: "All memory of Prometheus, shared out among its series.",
            unit: "bytes",
            expr: `max(process_resident_memory_bytes{${servers}}) / max(prometheus_tsdb_head_series{${servers}})`,
          }),
          stat({
            title: "All samples per second",
            description: "Samples that are scraped.",
            unit: "short",
            expr: `sum(${samplesByJob})`,
          }),
          stat({
            title: "Bytes for each sample",
            description: "What a sample takes on disk, by the compactions of a day.",
            unit: "bytes",
            decimals: 2,
            empty: afterCompaction,
            mayBeEmpty: young,
            expr: `${bytes} / (${samples} > 0)`,
          }),
          stat({
            title: "New series within an hour",
            description: "Series that were not there before. Each is as dear as one that stays.",
            unit: "short",
            expr: `sum(sum_over_time(scrape_series_added{${everyJob}}[1h]))`,
          }),
          stat({
            title: "Processors of Prometheus",
            description: "Processors that a replica keeps at work.",
            unit: "suffix: cores",
            decimals: 3,
            expr: `max(rate(process_cpu_seconds_total{${servers}}[5m]))`,
          }),
        ],
      },
      {
        title: "By job",
        panels: [
          table({
            title: "Jobs",
            description: "What each job costs a replica. Memory is shared out by series, disk by samples.",
            labels: { job: "Job" },
            sortBy: "Series",
            columns: [
              { name: "Targets", unit: "none", expr: `count by (job) (up{${everyJob}})` },
              { name: "Series", unit: "short", expr: seriesByJob },
              { name: "Samples per second", unit: "short", decimals: 1, expr: samplesByJob },
              {
                name: "New series per hour",
                unit: "short",
                expr: `sum by (job) (sum_over_time(scrape_series_added{${everyJob}}[1h]))`,
              },
              { name: "Memory", unit: "bytes", expr: `${seriesByJob} * ${memoryOfSeries}` },
              { name: "Disk per day", unit: "bytes", expr: `${samplesByJob} * 86400 * ${bytesOfSample}` },
              {
                name: "Dropped at scrape",
                unit: "short",
                expr: `sum by (job) (scrape_samples_scraped{${everyJob}}) - ${seriesByJob}`,
              },
            ],
          }),
          graph({
            title: "Series",
            description: "Series of each job after relabelling.",
            unit: "short",
            stacked: true,
            expr: seriesByJob,
            legend: "{{job}}",
          }),
          graph({
            title: "Samples per second",
            description: "Samples of each job that are taken in.",
            unit: "cps",
            stacked: true,
            expr: samplesByJob,
            legend: "{{job}}",
          }),
          graph({
            title: "Memory",
            description: "Memory of Prometheus, shared out among the jobs by their series.",
            unit: "bytes",
            stacked: true,
            expr: `${seriesByJob} * ${memoryOfSeries}`,
            legend: "{{job}}",
          }),
          graph({
            title: "New series",
            description: "Series of each job that were not there before, within five minutes.",
            unit: "short",
            stacked: true,
            expr: `sum by (job) (sum_over_time(scrape_series_added{${everyJob}}[5m]))`,
            legend: "{{job}}",
          }),
        ],
      },
      {
        title: "By metric and by rule",
        panels: [
          table({
            title: "Largest metrics of the chosen job",
            description: "The twenty names with the most series. What no rule and no panel reads is worth dropping.",
            labels: { __name__: "Metric" },
            sortBy: "Series",
            width: 12,
            height: 12,
            columns: [
              {
                name: "Series",
                unit: "short",
                expr: `topk(20, count by (__name__) ({${everyJob}, job="$job"}))`,
              },
            ],
          }),
          table({
            title: "Rules",
            description: "What each group of rules takes: the time of its last evaluation, and the series it made.",
            labels: { rule_group: "Group" },
            sortBy: "Time",
            width: 12,
            height: 12,
            columns: [
              {
                name: "Time",
                unit: "s",
                decimals: 4,
                expr: `max by (rule_group) (prometheus_rule_group_last_duration_seconds{${servers}})`,
              },
              {
                name: "Series",
                unit: "short",
                expr: `max by (rule_group) (prometheus_rule_group_last_evaluation_samples{${servers}})`,
              },
            ],
          }),
          graph({
            title: "Processors for rules",
            description: "Processors that the evaluation of all rules keeps at work.",
            unit: "suffix: cores",
            decimals: 4,
            expr: `rate(prometheus_rule_group_duration_seconds_sum{${servers}}[$__rate_interval])`,
            legend: "{{instance}}",
          }),
          graph({
            title: "Samples read by queries",
            description: "Samples per second that queries and rules read.",
            unit: "cps",
            expr: `rate(prometheus_engine_query_samples_total{${servers}}[$__rate_interval])`,
            legend: "{{instance}}",
          }),
        ],
      },
    ],
  });
}
