import type { HistogramForm } from "../../../metrics/promql/histogram.js";
import { names } from "../../thanos/names.js";
import { type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph, stat } from "../lib/panels.js";
import { narrowed, reads } from "../lib/variables.js";
import { process } from "./process.js";
import { slowest } from "./slowest.js";

const sidecars = reads(names.sidecar);
const queriers = reads(names.query);
const frontends = reads(names.queryFrontend);
const stores = reads(names.store);
const compactors = reads(names.compact);
const everyPart = ['job=~"thanos-.+"', ...narrowed("cluster")].join(", ");
const answering = [`job=~"${names.query}|${names.queryFrontend}"`, ...narrowed("cluster")].join(", ");

/** Thanos: what gets into the object store, what becomes of it there, and how queries find it. */
export function thanos(form: HistogramForm): DashboardFile {
  return dashboardFile({
    name: "thanos",
    source: "generators/grafana/dashboards/thanos.ts",
    area: "monitoring",
    title: "Thanos",
    description: "What gets into the object store, what becomes of it there, and how queries find it.",
    jobs: Object.values(names),
    seeAlso: ["prometheus", "cost"],
    rows: [
      {
        title: "At a glance",
        panels: [
          stat({
            title: "Parts up",
            description: "Share of the parts of Thanos that answered the last scrape.",
            unit: "percentunit",
            decimals: 1,
            expr: `avg(up{${everyPart}})`,
          }),
          stat({
            title: "Sidecars with Prometheus",
            description: "Sidecars that reach the Prometheus beside them.",
            unit: "none",
            expr: `sum(thanos_sidecar_prometheus_up{${sidecars}})`,
          }),
          stat({
            title: "Blocks",
            description: "Blocks of the object store that a Store Gateway answers from.",
            unit: "short",
            expr: `max(thanos_bucket_store_blocks_loaded{${stores}})`,
          }),
          stat({
            title: "Blocks left out",
            description: "Failed attempts within an hour to load a block that cannot be read.",
            unit: "none",
            decimals: 0,
            bad: [1],
            expr: `sum(increase(thanos_bucket_store_block_load_failures_total{${stores}}[1h]))`,
          }),
          stat({
            title: "Compactor halted",
            description: "Whether the Compactor has met blocks that it must not touch.",
            unit: "bool_yes_no",
            bad: [1],
            expr: `max(thanos_compact_halted{${compactors}})`,
          }),
          stat({
            title: "Failed requests to the store",
            description: "Requests of all parts to the object store that failed within an hour.",
            unit: "none",
            decimals: 0,
            bad: [1],
            expr: `sum(increase(thanos_objstore_bucket_operation_failures_total{${everyPart}}[1h]))`,
          }),
        ],
      },
      {
        title: "Queries",
        panels: [
          graph({
            title: "Requests",
            description: "Requests per second to the Query Frontend and to the Querier behind it, by answer.",
            unit: "reqps",
            expr: `sum by (job, code) (rate(http_requests_total{${answering}}[$__rate_interval]))`,
            legend: "{{job}} {{code}}",
          }),
          graph({
            title: "Time of a request",
            description: "Within this time 99 of 100 requests were answered.",
            unit: "s",
            expr: slowest(form, "http_request_duration_seconds", answering, "job"),
            legend: "{{job}}",
          }),
          graph({
            title: "Stores that are asked",
            description: "Stores that each Querier is connected to, by their kind.",
            unit: "none",
            expr: `sum by (instance, store_type) (thanos_store_nodes_grpc_connections{${queriers}})`,
            legend: "{{instance}} {{store_type}}",
          }),
          graph({
            title: "Stores that do not answer",
            description: "Requests per second to stores that fail: answers are partial meanwhile.",
            unit: "reqps",
            expr: `sum by (instance, grpc_code) (rate(grpc_client_handled_total{${queriers}, grpc_code!="OK"}[$__rate_interval])) > 0`,
            legend: "{{instance}} {{grpc_code}}",
            empty: "Every store answers.",
            mayBeEmpty: "stores that all answer",
          }),
          graph({
            title: "Queries at a time",
            description: "Queries that each Querier works on, and how many it may have.",
            unit: "none",
            queries: [
              { expr: `thanos_query_concurrent_gate_queries_in_flight{${queriers}}`, legend: "{{instance}}" },
              { expr: `max(thanos_query_concurrent_gate_queries_max{${queriers}})`, legend: "limit" },
            ],
          }),
          graph({
            title: "Requests of the Query Frontend",
            description: "Queries per second that came to each Query Frontend, by their kind.",
            unit: "reqps",
            expr: `sum by (instance, op) (rate(thanos_query_frontend_queries_total{${frontends}}[$__rate_interval]))`,
            legend: "{{instance}} {{op}}",
          }),
        ],
      },
      {
        title: "Object store",
        panels: [
          graph({
            title: "Operations",
            description: "Operations per second on the object store, by part and kind.",
            unit: "ops",
            expr: `sum by (job, operation) (rate(thanos_objstore_bucket_operations_total{${everyPart}}[$__rate_interval])) > 0`,
            legend: "{{job}} {{operation}}",
          }),
          graph({
            title: "Operations that fail",
            description: "Operations per second that fail. That an object is not there is no failure.",
            unit: "ops",
            expr: `sum by (job, operation) (rate(thanos_objstore_bucket_operation_failures_total{${everyPart}}[$__rate_interval])) > 0`,
            legend: "{{job}} {{operation}}",
            empty: "Every operation succeeds.",
            mayBeEmpty: "an object store that answers",
          }),
          graph({
            title: "Blocks uploaded",
            description:
              "Blocks that each sidecar uploaded within six hours, and that it failed to. One is due every two hours.",
            unit: "none",
            decimals: 0,
            queries: [
              { expr: `increase(thanos_shipper_uploads_total{${sidecars}}[6h])`, legend: "{{instance}} uploaded" },
              {
                expr: `increase(thanos_shipper_upload_failures_total{${sidecars}}[6h])`,
                legend: "{{instance}} failed",
              },
            ],
          }),
          graph({
            title: "Blocks by state",
            description: "Blocks as the Store Gateways see them. What is corrupt, or has no meta.json, is left out.",
            unit: "none",
            expr: `max by (state) (thanos_blocks_meta_synced{${stores}}) > 0`,
            legend: "{{state}}",
          }),
        ],
      },
      {
        title: "Compactor",
        panels: [
          graph({
            title: "Still to do",
            description: "Compactions, blocks to thin out and blocks to delete that wait.",
            unit: "none",
            queries: [
              { expr: `sum(thanos_compact_todo_compactions{${compactors}})`, legend: "compactions" },
              { expr: `sum(thanos_compact_todo_downsample_blocks{${compactors}})`, legend: "downsampling" },
              { expr: `sum(thanos_compact_todo_deletion_blocks{${compactors}})`, legend: "deletions" },
            ],
          }),
          graph({
            title: "Done",
            description: "Compactions within six hours, and rounds through all blocks.",
            unit: "none",
            decimals: 0,
            queries: [
              {
                expr: `sum(increase(thanos_compact_group_compactions_total{${compactors}}[6h]))`,
                legend: "compactions",
              },
              {
                expr: `sum(increase(thanos_compact_group_compactions_failures_total{${compactors}}[6h]))`,
                legend: "failed",
              },
              { expr: `sum(increase(thanos_compact_iterations_total{${compactors}}[6h]))`, legend: "rounds" },
            ],
          }),
        ],
      },
      process(everyPart, "{{job}} {{instance}}"),
    ],
  });
}
