import type { HistogramForm } from "../../../metrics/promql/histogram.js";
import { type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph, stat } from "../lib/panels.js";
import { narrowed, reads } from "../lib/variables.js";
import { process } from "./process.js";
import { slowest } from "./slowest.js";

const managers = reads("alertmanager");
const servers = reads("prometheus");
const everyJob = narrowed("cluster").join(", ");

/** Alertmanager: the alerts it has, and whether it gets them to whom they are for. */
export function alertmanager(form: HistogramForm): DashboardFile {
  return dashboardFile({
    name: "alertmanager",
    source: "generators/grafana/dashboards/alertmanager.ts",
    area: "monitoring",
    title: "Alertmanager",
    description: "The alerts that Prometheus sends, and whether they get to whom they are for.",
    jobs: ["alertmanager", "prometheus"],
    seeAlso: ["prometheus", "cluster"],
    rows: [
      {
        title: "At a glance",
        panels: [
          stat({
            title: "Replicas up",
            description: "Replicas that answered the last scrape.",
            unit: "none",
            expr: `sum(up{${managers}})`,
          }),
          stat({
            title: "Alerts that fire",
            description: "Alerts that fire in Prometheus, the Watchdog among them.",
            unit: "none",
            expr: `count(ALERTS{${everyJob}, alertstate="firing"})`,
          }),
          stat({
            title: "Held back",
            description: "Alerts that are silenced or inhibited: nobody is told of them.",
            unit: "none",
            expr: `max(alertmanager_alerts{${managers}, state="suppressed"})`,
          }),
          stat({
            title: "Silences",
            description: "Silences that are in force.",
            unit: "none",
            expr: `max(alertmanager_silences{${managers}, state="active"})`,
          }),
          stat({
            title: "Configuration",
            description: "Whether every replica runs what its file says.",
            unit: "bool_yes_no",
            expr: `min(alertmanager_config_last_reload_successful{${managers}})`,
          }),
          stat({
            title: "Failed notifications",
            description: "Notifications within an hour that did not arrive.",
            unit: "none",
            decimals: 0,
            bad: [1],
            expr: `sum(increase(alertmanager_notifications_failed_total{${managers}}[1h]))`,
            empty: "no receivers",
            mayBeEmpty: "an Alertmanager whose receivers tell nobody",
          }),
        ],
      },
      {
        title: "From Prometheus to people",
        panels: [
          graph({
            title: "Sent by Prometheus",
            description: "Alerts per second that Prometheus sent, and that it failed to send or threw away.",
            unit: "ops",
            queries: (
              [
                ["sent", "sent"],
                ["errors", "failed"],
                ["dropped", "thrown away"],
              ] as const
            ).map(([metric, legend]) => ({
              expr: `sum(rate(prometheus_notifications_${metric}_total{${servers}}[$__rate_interval]))`,
              legend,
            })),
          }),
          graph({
            title: "Received",
            description: "Alerts per second that reached each replica.",
            unit: "ops",
            expr: `sum by (instance, status) (rate(alertmanager_alerts_received_total{${managers}}[$__rate_interval]))`,
            legend: "{{instance}} {{status}}",
          }),
          graph({
            title: "Notifications",
            description: "Notifications per second to each receiver, by the way they go.",
            unit: "ops",
            expr: `sum by (integration, receiver_name) (rate(alertmanager_notifications_total{${managers}}[$__rate_interval])) > 0`,
            legend: "{{receiver_name}} by {{integration}}",
            empty: "Nobody was told of anything: are there receivers?",
            mayBeEmpty: "an Alertmanager whose receivers tell nobody",
          }),
          graph({
            title: "Notifications that did not arrive",
            description: "Notifications per second that failed, and why.",
            unit: "ops",
            expr: `sum by (integration, receiver_name, reason) (rate(alertmanager_notifications_failed_total{${managers}}[$__rate_interval])) > 0`,
            legend: "{{receiver_name}} by {{integration}}: {{reason}}",
            empty: "Every notification arrived.",
            mayBeEmpty: "receivers that answer",
          }),
          graph({
            title: "Time of a notification",
            description: "Within this time 99 of 100 notifications were taken by their receiver.",
            unit: "s",
            mayBeEmpty: "an Alertmanager whose receivers tell nobody",
            expr: slowest(form, "alertmanager_notification_latency_seconds", managers, "integration"),
            legend: "{{integration}}",
          }),
          graph({
            title: "Alerts by state",
            description: "Alerts that each replica has.",
            unit: "none",
            expr: `sum by (instance, state) (alertmanager_alerts{${managers}})`,
            legend: "{{instance}} {{state}}",
          }),
        ],
      },
      {
        title: "Replicas among themselves",
        panels: [
          graph({
            title: "Members that see each other",
            description:
              "Replicas that each one knows of, itself included. Replicas that do not see each other tell everything twice.",
            unit: "none",
            empty: "There is one replica, which has nobody to talk to.",
            mayBeEmpty: "a single replica, without a cluster",
            expr: `alertmanager_cluster_members{${managers}}`,
            legend: "{{instance}}",
          }),
          graph({
            title: "Messages that wait",
            description: "Messages to other replicas that were not sent yet.",
            unit: "none",
            empty: "There is one replica, which has nobody to talk to.",
            mayBeEmpty: "a single replica, without a cluster",
            expr: `alertmanager_cluster_messages_queued{${managers}}`,
            legend: "{{instance}}",
          }),
        ],
      },
      process(managers, "{{instance}}"),
    ],
  });
}
