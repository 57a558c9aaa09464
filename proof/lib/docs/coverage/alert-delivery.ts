import type { CoverageRow } from "./types.js";

/** What the rules of `alert-delivery` cover. */
export const alertDeliveryCoverage: readonly CoverageRow[] = [
  {
    failureMode: "alerts queue up in Prometheus",
    knownAs: "PrometheusNotificationQueueRunningFull",
    alert: "PrometheusNotificationQueueRunningFull",
  },
  {
    failureMode: "alerts do not reach one Alertmanager",
    knownAs: "PrometheusErrorSendingAlertsToSomeAlertmanagers",
    alert: "PrometheusErrorSendingAlertsToSomeAlertmanagers",
  },
  {
    failureMode: "alerts reach no Alertmanager",
    knownAs: "PrometheusErrorSendingAlertsToAnyAlertmanager",
    alert: "PrometheusErrorSendingAlertsToAnyAlertmanager",
  },
  {
    failureMode: "Prometheus finds no Alertmanager",
    knownAs: "PrometheusNotConnectedToAlertmanagers",
    alert: "PrometheusNotConnectedToAlertmanagers",
  },
];
