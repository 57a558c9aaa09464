import type { RuleFile, RuleGroup } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { names } from "../../thanos/names.js";
import { alertingRule } from "./alerting-rule.js";
import { lines } from "./lines.js";

const of = (job: string) => `job="${job}"`;
const sidecar = of(names.sidecar);
const query = of(names.query);
const store = of(names.store);
const compact = of(names.compact);

/** Thanos: whether blocks get into the object store, are compacted there, and are found by queries. */
export function thanos(settings: Settings): RuleFile {
  return {
    subject: "thanos",
    about: "Thanos: whether blocks get into the object store, are compacted there, and are found by queries.",
    source: "generators/prometheus/rules/thanos.ts",
    jobs: Object.values(names),
    groups: [uploads(settings), bucket(settings), compactor(settings), queries(settings)],
  };
}

function uploads({ thresholds }: Settings): RuleGroup {
  const { prometheusAwaySeconds, uploadLateHours } = thresholds.thanos;
  return {
    name: "thanos-uploads",
    rules: [
      alertingRule({
        alert: "ThanosSidecarWithoutPrometheus",
        expr: `max_over_time(thanos_sidecar_prometheus_up{${sidecar}}[5m]) == 0`,
        for: `${prometheusAwaySeconds}s`,
        severity: "critical",
        summary: "A sidecar of Thanos does not reach its Prometheus.",
        description:
          "The sidecar at {{ $labels.instance }} does not reach the Prometheus beside it: queries lack that replica.",
      }),
      alertingRule({
        alert: "ThanosUploadsFailing",
        why: "A sidecar looks for new blocks twice a minute. A block that it cannot read stops those behind it, too.",
        expr: lines(
          `increase(thanos_shipper_upload_failures_total{${sidecar}}[15m]) > 0`,
          `or increase(thanos_shipper_dir_sync_failures_total{${sidecar}}[15m]) > 0`,
        ),
        for: "15m",
        severity: "warning",
        summary: "A sidecar of Thanos fails to upload blocks.",
        description:
          'The sidecar at {{ $labels.instance }} failed {{ $value | printf "%.0f" }} times within 15 minutes to bring blocks into the object store.',
      }),
      alertingRule({
        alert: "ThanosUploadsLate",
        why: "Zero is a sidecar that has not uploaded anything since it started, which the failures tell of.",
        expr: `time() - (max_over_time(thanos_objstore_bucket_last_successful_upload_time{${sidecar}}[5m]) > 0) > ${uploadLateHours} * 3600`,
        for: "15m",
        severity: "critical",
        summary: "A sidecar of Thanos has uploaded nothing for hours.",
        description:
          "The last upload of the sidecar at {{ $labels.instance }} was {{ $value | humanizeDuration }} ago. Prometheus deletes blocks after its own retention, uploaded or not.",
      }),
    ],
  };
}

function bucket({ thresholds }: Settings): RuleGroup {
  const { failedOperationRatio } = thresholds.thanos;
  const operations = 'job=~"thanos-(sidecar|store|compact)"';
  const by = "sum by (job, instance, operation)";
  return {
    name: "thanos-bucket",
    rules: [
      alertingRule({
        alert: "ThanosBucketOperationsFailing",
        why: "That an object is not there is no failure.",
        expr: lines(
          `${by} (rate(thanos_objstore_bucket_operation_failures_total{${operations}}[5m]))`,
          `/ (${by} (rate(thanos_objstore_bucket_operations_total{${operations}}[5m])) > 0) > ${failedOperationRatio}`,
        ),
        for: "15m",
        severity: "warning",
        summary: "Requests to the object store fail.",
        description:
          "{{ $value | humanizePercentage }} of the requests ({{ $labels.operation }}) of {{ $labels.job }} at {{ $labels.instance }} to the object store fail.",
      }),
      alertingRule({
        alert: "ThanosBlockUnreadable",
        why: {
          expr: "A block without meta.json is one that is being uploaded, or deleted, or never was uploaded to its end.",
          for: "An upload and a deletion are over by then.",
        },
        expr: lines(
          `sum by (job, instance) (increase(thanos_bucket_store_block_load_failures_total{${store}}[15m])) > 0`,
          `or sum by (job, instance) (min_over_time(thanos_blocks_meta_synced{${store}, state=~"corrupted-meta-json|no-meta-json"}[15m])) > 0`,
        ),
        for: "1h",
        severity: "warning",
        summary: "A Store Gateway leaves out a block that it cannot read.",
        description:
          "The Store Gateway at {{ $labels.instance }} cannot read some block of the object store: queries lack what is in it.",
      }),
    ],
  };
}

function compactor({ thresholds }: Settings): RuleGroup {
  const { compactorIdleHours } = thresholds.thanos;
  return {
    name: "thanos-compactor",
    rules: [
      alertingRule({
        alert: "ThanosCompactorHalted",
        expr: `max_over_time(thanos_compact_halted{${compact}}[5m]) == 1`,
        for: "5m",
        severity: "warning",
        summary: "Thanos' Compactor has halted.",
        description:
          "The Compactor at {{ $labels.instance }} met blocks that it must not touch, and does nothing more: nothing is compacted, downsampled or deleted.",
      }),
      alertingRule({
        alert: "ThanosCompactorFailing",
        expr: lines(
          `sum by (job, instance) (increase(thanos_compact_group_compactions_failures_total{${compact}}[1h])) > 0`,
          `or sum by (job, instance) (increase(thanos_compact_downsample_failures_total{${compact}}[1h])) > 0`,
        ),
        for: "1h",
        severity: "warning",
        summary: "Thanos' Compactor fails to compact or downsample blocks.",
        description:
          'The Compactor at {{ $labels.instance }} failed {{ $value | printf "%.0f" }} times within an hour, and tries again.',
      }),
      alertingRule({
        alert: "ThanosCompactorIdle",
        expr: `increase(thanos_compact_iterations_total{${compact}}[${compactorIdleHours}h]) == 0`,
        for: `${compactorIdleHours}h`,
        severity: "warning",
        summary: "Thanos' Compactor has not got to an end for hours.",
        description: `The Compactor at {{ $labels.instance }} has not gone through all blocks for more than ${compactorIdleHours} hours.`,
      }),
      alertingRule({
        alert: "ThanosCompactorTwice",
        expr: `count by (job) (min_over_time(up{${compact}}[5m]) == 1) > 1`,
        for: "5m",
        severity: "critical",
        summary: "More than one Compactor of Thanos is running.",
        description:
          "{{ $value }} Compactors run on one object store: they make blocks that overlap, and halt over them.",
      }),
    ],
  };
}

function queries({ thresholds }: Settings): RuleGroup {
  const { failedRequestRatio } = thresholds.thanos;
  const faults = 'grpc_code=~"Unknown|ResourceExhausted|Internal|Unavailable|DataLoss|DeadlineExceeded"';
  const asked = 'job=~"thanos-query|thanos-query-frontend"';
  return {
    name: "thanos-queries",
    rules: [
      alertingRule({
        alert: "ThanosQueriesFailing",
        expr: lines(
          `sum by (job) (rate(http_requests_total{${asked}, code=~"5.."}[5m]))`,
          `/ (sum by (job) (rate(http_requests_total{${asked}}[5m])) > 0) > ${failedRequestRatio}`,
        ),
        for: "10m",
        severity: "critical",
        summary: "Thanos fails to answer queries.",
        description: "{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} fail.",
      }),
      alertingRule({
        alert: "ThanosStoreMissing",
        why: "A sidecar that the Querier does not reach is not there in its metrics, nor is a Store Gateway that it has not reached since it started. Prometheus counts the sidecars by itself.",
        expr: lines(
          `last_over_time(up{${query}}[5m]) == 1 unless on (instance) sum by (instance) (last_over_time(thanos_store_nodes_grpc_connections{${query}, store_type="store"}[5m])) > 0`,
          `or sum by (job, instance) (last_over_time(thanos_store_nodes_grpc_connections{${query}, store_type="sidecar"}[5m]))`,
          `  < on () group_left () count(max_over_time(up{${sidecar}}[5m]) == 1)`,
        ),
        for: "10m",
        severity: "warning",
        summary: "A Querier of Thanos lacks a sidecar or the Store Gateways.",
        description:
          "The Querier at {{ $labels.instance }} is not connected to every sidecar and to a Store Gateway: its answers may lack samples.",
      }),
      alertingRule({
        alert: "ThanosStoreRequestsFailing",
        why: "The Querier asks each store every few seconds how it is (Info), so that one which is away shows without any query, and beside any number of them.",
        expr: lines(
          "max by (job, instance) (",
          `  sum by (job, instance, grpc_method) (rate(grpc_client_handled_total{${query}, ${faults}}[5m]))`,
          `  / (sum by (job, instance, grpc_method) (rate(grpc_client_handled_total{${query}}[5m])) > 0)`,
          `) > ${failedRequestRatio}`,
        ),
        for: "10m",
        severity: "warning",
        summary: "A Querier of Thanos gets no answer from some of its stores.",
        description:
          "{{ $value | humanizePercentage }} of one kind of request of the Querier at {{ $labels.instance }} to its stores fail: answers are partial.",
      }),
      alertingRule({
        alert: "ThanosQuerierOverloaded",
        expr: `max_over_time(thanos_query_concurrent_gate_queries_max{${query}}[5m]) - avg_over_time(thanos_query_concurrent_gate_queries_in_flight{${query}}[5m]) < 1`,
        for: "15m",
        severity: "warning",
        summary: "A Querier of Thanos has as many queries as it may have.",
        description: "The Querier at {{ $labels.instance }} works on as many queries as it may: others wait.",
      }),
    ],
  };
}
