import type { RuleFile } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { alertingRule } from "./alerting-rule.js";
import { lines } from "./lines.js";

const job = 'job="prometheus"';

/** The way of an alert from Prometheus to Alertmanager. */
export function alertDelivery({ thresholds }: Settings): RuleFile {
  const { someFailedRatio, allFailedRatio, queueUsedRatio } = thresholds.alertDelivery;
  return {
    subject: "alert-delivery",
    about: "The way of an alert from Prometheus to Alertmanager.",
    source: "generators/prometheus/rules/alert-delivery.ts",
    jobs: ["prometheus", "alertmanager"],
    groups: [
      {
        name: "alert-delivery",
        rules: [
          {
            record: "instance_alertmanager:prometheus_notifications_errors:ratio_rate5m",
            why: "Alerts that did not arrive are not counted as sent, so the whole is the sum of both.",
            expr: lines(
              `rate(prometheus_notifications_errors_total{${job}}[5m])`,
              `  / (rate(prometheus_notifications_errors_total{${job}}[5m]) + rate(prometheus_notifications_sent_total{${job}}[5m]))`,
            ),
          },
          alertingRule({
            alert: "PrometheusNotConnectedToAlertmanagers",
            expr: `max_over_time(prometheus_notifications_alertmanagers_discovered{${job}}[5m]) == 0`,
            for: "5m",
            severity: "critical",
            summary: "Prometheus knows no Alertmanager.",
            description:
              "{{ $labels.instance }} has found no Alertmanager for 10 minutes: no alert of it reaches anybody.",
          }),
          alertingRule({
            alert: "PrometheusErrorSendingAlertsToSomeAlertmanagers",
            expr: `instance_alertmanager:prometheus_notifications_errors:ratio_rate5m > ${someFailedRatio}`,
            for: "15m",
            severity: "warning",
            summary: "Prometheus fails to hand alerts to one Alertmanager.",
            description:
              "{{ $value | humanizePercentage }} of the alerts from {{ $labels.instance }} do not reach {{ $labels.alertmanager }}.",
          }),
          alertingRule({
            alert: "PrometheusErrorSendingAlertsToAnyAlertmanager",
            expr: `min without (alertmanager) (instance_alertmanager:prometheus_notifications_errors:ratio_rate5m) > ${allFailedRatio}`,
            for: "10m",
            severity: "critical",
            summary: "Prometheus fails to hand alerts to each Alertmanager.",
            description:
              "Not even the Alertmanager that does best gets all alerts: {{ $value | humanizePercentage }} of those from {{ $labels.instance }} do not reach it.",
          }),
          alertingRule({
            alert: "PrometheusNotificationQueueRunningFull",
            expr: lines(
              `min_over_time(prometheus_notifications_queue_length{${job}}[5m])`,
              `  / on (instance) group_left () (last_over_time(prometheus_notifications_queue_capacity{${job}}[5m]) > 0) > ${queueUsedRatio}`,
            ),
            for: "5m",
            severity: "warning",
            summary: "Alerts queue up in Prometheus.",
            description:
              "{{ $value | humanizePercentage }} of the queue from {{ $labels.instance }} to {{ $labels.alertmanager }} are taken; alerts are dropped once it is full.",
          }),
        ],
      },
    ],
  };
}
