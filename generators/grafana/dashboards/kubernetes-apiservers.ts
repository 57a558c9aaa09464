import { type HistogramForm, histogram } from "../../../metrics/promql/histogram.js";
import type { Settings } from "../../settings/index.js";
import { type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph, stat } from "../lib/panels.js";
import { narrowed, reads } from "../lib/variables.js";
import { process } from "./process.js";
import { slowest } from "./slowest.js";

const servers = reads("kubernetes-apiservers");
/** Requests that last as long as their client wants say nothing about the server's speed. */
const answered = `${servers}, verb!~"WATCH|CONNECT|PROXY"`;
const recorded = narrowed("cluster").join(", ");

/** The API servers: how many requests, how well and how fast they are answered, and what holds them up. */
export function kubernetesApiservers({ thresholds }: Settings, form: HistogramForm): DashboardFile {
  const { objectiveRatio } = thresholds.kubernetesApiservers;
  const left = histogram(form, "apiserver_client_certificate_expiration_seconds", servers, { increase: "15m" });
  return dashboardFile({
    name: "kubernetes-apiservers",
    source: "generators/grafana/dashboards/kubernetes-apiservers.ts",
    area: "control-plane",
    title: "API servers",
    description: "Requests to the Kubernetes API: how many, how well and how fast they are answered.",
    jobs: ["kubernetes-apiservers"],
    seeAlso: ["cluster", "etcd"],
    rows: [
      {
        title: "At a glance",
        panels: [
          stat({
            title: "API servers up",
            description: "API servers that answered the last scrape.",
            unit: "none",
            expr: `sum(up{${servers}})`,
          }),
          stat({
            title: "Requests",
            description: "Requests per second, without watches and other connections that stay open.",
            unit: "reqps",
            decimals: 1,
            expr: `sum(cluster:apiserver_requests:rate5m{${recorded}})`,
          }),
          stat({
            title: "Bad within an hour",
            description: "Share of the requests that failed on the server or took longer than promised.",
            unit: "percentunit",
            decimals: 2,
            bad: [1 - objectiveRatio],
            expr: `max(cluster:apiserver_requests_bad:ratio_1h{${recorded}})`,
          }),
          stat({
            title: "Bad within three days",
            description: "The same over three days: what the budget of errors is really spent on.",
            unit: "percentunit",
            decimals: 2,
            bad: [1 - objectiveRatio],
            expr: `max(cluster:apiserver_requests_bad:ratio_3d{${recorded}})`,
          }),
          stat({
            title: "Watches",
            description: "Connections that wait for changes. Each costs memory, and work at every change.",
            unit: "none",
            expr: `sum(apiserver_longrunning_requests{${servers}, verb="WATCH"})`,
          }),
          stat({
            title: "Size of the store",
            description: "Size of etcd's database file. etcd takes no more writes at 2 GiB, unless it was given more.",
            unit: "bytes",
            bad: [1.5 * 2 ** 30, 2 * 2 ** 30],
            expr: `max(apiserver_storage_size_bytes{${servers}})`,
          }),
        ],
      },
      {
        title: "Requests",
        panels: [
          graph({
            title: "Requests by verb",
            description: "Requests per second. LIST is the costly one: much of it is a client that should watch.",
            unit: "reqps",
            stacked: true,
            expr: `sum by (verb) (rate(apiserver_request_total{${answered}}[$__rate_interval]))`,
            legend: "{{verb}}",
          }),
          graph({
            title: "Requests by answer",
            description:
              "Requests per second by status code. 409 is two writers at once, 429 a server that sends clients away.",
            unit: "reqps",
            stacked: true,
            expr: `sum by (code) (rate(apiserver_request_total{${answered}}[$__rate_interval]))`,
            legend: "{{code}}",
          }),
          graph({
            title: "Bad share",
            description:
              "Share of the requests that failed or were slow, over several windows. The dashed line is what the objective allows.",
            unit: "percentunit",
            bad: [1 - objectiveRatio],
            queries: ["5m", "1h", "1d"].map((window) => ({
              expr: `max(cluster:apiserver_requests_bad:ratio_${window}{${recorded}})`,
              legend: window,
            })),
          }),
          graph({
            title: "Slowest of a hundred",
            description:
              "Within this time 99 of 100 requests were answered, waiting for webhooks and for a turn not counted.",
            unit: "s",
            expr: slowest(form, "apiserver_request_sli_duration_seconds", `${servers}, verb!="CONNECT"`, "verb"),
            legend: "{{verb}}",
          }),
          graph({
            title: "Requests by kind of object",
            description: "The ten kinds of objects that are asked for most.",
            unit: "reqps",
            expr: `topk(10, sum by (resource) (rate(apiserver_request_total{${answered}}[$__rate_interval])))`,
            legend: "{{resource}}",
          }),
          graph({
            title: "Clients with certificates that end soon",
            description: "Requests within 15 minutes whose client certificate ends within a day or a week.",
            unit: "none",
            queries: [
              { expr: left.within(86_400), legend: "within a day" },
              { expr: left.within(604_800), legend: "within a week" },
            ],
          }),
        ],
      },
      {
        title: "What holds them up",
        panels: [
          graph({
            title: "Requests in work",
            description: "Requests that a server works on at the moment.",
            unit: "none",
            expr: `sum by (instance, request_kind) (apiserver_current_inflight_requests{${servers}})`,
            legend: "{{instance}} {{request_kind}}",
          }),
          graph({
            title: "Requests that wait for a turn",
            description:
              "Requests in the queues of priority and fairness. Some priority level has more to do than it may.",
            unit: "none",
            expr: `sum by (priority_level) (apiserver_flowcontrol_current_inqueue_requests{${servers}})`,
            legend: "{{priority_level}}",
          }),
          graph({
            title: "Use of each priority level",
            description: "Seats in use as a share of those that the level has at the moment.",
            unit: "percentunit",
            expr: [
              `max by (priority_level) (sum by (instance, priority_level) (apiserver_flowcontrol_current_executing_seats{${servers}})`,
              `/ (sum by (instance, priority_level) (apiserver_flowcontrol_current_limit_seats{${servers}}) > 0))`,
            ].join(" "),
            legend: "{{priority_level}}",
          }),
          graph({
            title: "Admission",
            description:
              "Within this time 99 of 100 requests passed an admission step: webhooks and built-in plugins together.",
            unit: "s",
            expr: slowest(form, "apiserver_admission_step_admission_duration_seconds", servers, "type", "operation"),
            legend: "{{type}} {{operation}}",
          }),
          graph({
            title: "etcd, as the servers see it",
            description: "Within this time etcd answered 99 of 100 requests. Slow writes are usually etcd's disk.",
            unit: "s",
            expr: slowest(form, "etcd_request_duration_seconds", servers, "operation"),
            legend: "{{operation}}",
          }),
          graph({
            title: "Objects",
            description:
              "The ten kinds of objects that there are most of. Events and leases come and go; anything else that only grows is a leak.",
            unit: "none",
            expr: `topk(10, max by (group, resource) (apiserver_resource_objects{${servers}}))`,
            legend: "{{resource}} {{group}}",
          }),
          graph({
            title: "Changes sent to watches",
            description:
              "The ten kinds of objects whose changes are sent most often: number of events per second, to all watches.",
            unit: "eps",
            expr: `topk(10, sum by (resource) (rate(apiserver_watch_events_total{${servers}}[$__rate_interval])))`,
            legend: "{{resource}}",
          }),
        ],
      },
      process(servers, "{{instance}}"),
    ],
  });
}
