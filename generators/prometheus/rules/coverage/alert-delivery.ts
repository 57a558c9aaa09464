import type { CoverageRow } from "./types.js";

/** What the rules of `alert-delivery` cover. */
export const alertDeliveryCoverage: readonly CoverageRow[] = [
  {
    failureMode: "Alerts queue up in Prometheus",
    knownAs: "PrometheusNotificationQueueRunningFull",
    alert: "PrometheusNotificationQueueRunningFull",
  },
  {
    failureMode: "Alerts do not reach one Alertmanager",
    knownAs: "PrometheusErrorSendingAlertsToSomeAlertmanagers",
    alert: "PrometheusErrorSendingAlertsToSomeAlertmanagers",
  },
  {
    failureMode: "Alerts reach no Alertmanager",
    knownAs: "PrometheusErrorSendingAlertsToAnyAlertmanager",
    alert: "PrometheusErrorSendingAlertsToAnyAlertmanager",
  },
  {
    failureMode: "Prometheus finds no Alertmanager",
    knownAs: "PrometheusNotConnectedToAlertmanagers",
    alert: "PrometheusNotConnectedToAlertmanagers",
  },
];
