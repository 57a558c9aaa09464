import type { AlertingRule, RuleFile, RuleGroup } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { alertingRule } from "./alerting-rule.js";
import { lines } from "./lines.js";

const job = 'job="alertmanager"';

/** Alertmanager: its configuration, its replicas, and whether what it tells arrives. */
export function alertmanager(settings: Settings): RuleFile {
  return {
    subject: "alertmanager",
    about: "Alertmanager: its configuration, its replicas, and whether what it tells arrives.",
    source: "generators/prometheus/rules/alertmanager.ts",
    jobs: ["alertmanager"],
    groups: [configuration(), cluster(settings), notifications(settings)],
  };
}

function configuration(): RuleGroup {
  return {
    name: "alertmanager-configuration",
    rules: [
      alertingRule({
        alert: "AlertmanagerFailedReload",
        expr: `last_over_time(alertmanager_config_last_reload_successful{${job}}[5m]) == 0`,
        for: "5m",
        severity: "critical",
        summary: "Alertmanager cannot load its configuration.",
        description:
          "{{ $labels.instance }} goes on with the last configuration that it could load; a restart would end it.",
      }),
      alertingRule({
        alert: "AlertmanagerConfigInconsistent",
        why: { for: "A rollout gives replicas different configurations for as long as it takes." },
        expr: `count by (job) (count_values by (job) ("hash", last_over_time(alertmanager_config_hash{${job}}[5m]))) > 1`,
        for: "20m",
        severity: "critical",
        summary: "Replicas of Alertmanager have different configurations.",
        description: "The replicas of Alertmanager have {{ $value }} different configurations between them.",
      }),
    ],
  };
}

function cluster({ thresholds }: Settings): RuleGroup {
  const { restartsPerTenMinutes } = thresholds.alertmanager;
  return {
    name: "alertmanager-cluster",
    rules: [
      alertingRule({
        alert: "AlertmanagerMembersInconsistent",
        why: "A lone Alertmanager runs without a cluster and has no such series.",
        expr: `max_over_time(alertmanager_cluster_members{${job}}[5m]) < on (job) group_left () count by (job) (last_over_time(alertmanager_cluster_members{${job}}[5m]))`,
        for: "15m",
        severity: "critical",
        summary: "A replica of Alertmanager does not see all others.",
        description:
          "{{ $labels.instance }} sees {{ $value }} replicas, itself included, and there are more: what is told may be told twice.",
      }),
      alertingRule({
        alert: "AlertmanagerClusterFailedPeers",
        why: "A replica that comes back elsewhere has another address, and its old one is called lost for six hours. So one is missing only where a replica sees fewer than there are.",
        expr: lines(
          `min_over_time(alertmanager_cluster_failed_peers{${job}}[5m]) > 0`,
          `and max_over_time(alertmanager_cluster_members{${job}}[5m]) < on (job) group_left () count by (job) (up{${job}})`,
        ),
        for: "15m",
        severity: "warning",
        summary: "A replica of Alertmanager has lost others.",
        description: "Replicas that {{ $labels.instance }} has lost and tries to reach: {{ $value }}.",
      }),
      alertingRule({
        alert: "AlertmanagerClusterDown",
        expr: `count by (job) (avg_over_time(up{${job}}[5m]) < 0.5) / count by (job) (up{${job}}) >= 0.5`,
        for: "5m",
        severity: "critical",
        summary: "Half of Alertmanager's replicas or more are down.",
        description:
          "{{ $value | humanizePercentage }} of Alertmanager's replicas were down for most of the last 5 minutes.",
      }),
      alertingRule({
        alert: "AlertmanagerClusterCrashlooping",
        expr: lines(
          `count by (job) (changes(process_start_time_seconds{${job}}[10m]) > ${restartsPerTenMinutes})`,
          `  / count by (job) (up{${job}}) >= 0.5`,
        ),
        for: "5m",
        severity: "critical",
        summary: "Half of Alertmanager's replicas or more start again and again.",
        description: `{{ $value | humanizePercentage }} of Alertmanager's replicas started more than ${restartsPerTenMinutes} times within 10 minutes.`,
      }),
    ],
  };
}

/** What tells a receiver from others. */
const receiver = "integration, receiver_name";

function notifications({ thresholds }: Settings): RuleGroup {
  const { failedNotificationRatio, lastingFailureRatio, criticalIntegrations } = thresholds.alertmanager;
  const failed = "instance_integration:alertmanager_notifications_failed:ratio_rate15m";
  const failedByAll = "job_integration:alertmanager_notifications_failed:min_ratio_rate15m";
  const failures = `sum without (reason) (rate(alertmanager_notifications_failed_total{${job}}[15m]))`;
  const tooMany = (record: string, matchers = "") =>
    `(${record}${matchers} > ${failedNotificationRatio} or min_over_time(${record}${matchers}[10m]) > ${lastingFailureRatio})`;
  return {
    name: "alertmanager-notifications",
    rules: [
      {
        record: failed,
        why: "An attempt counts when it begins, and as failed when it is given up, minutes later. So there may be failures and no attempt: then all failed.",
        expr: lines(
          failures,
          `/ ((rate(alertmanager_notifications_total{${job}}[15m]) >= ${failures}) > 0 or ${failures} > 0)`,
        ),
      },
      {
        record: failedByAll,
        why: "One replica tells, the others only if it failed: what even the best of them could not tell was not told. Each receiver counts by itself: all webhooks are one integration, and the one that fails would drown among those that work.",
        expr: `min by (job, ${receiver}) (${failed})`,
      },
      alertingRule({
        alert: "AlertmanagerFailedToSendAlerts",
        why: `${lasting} Of what no replica can tell there is an alert of its own.`,
        expr: lines(tooMany(failed), `unless on (${receiver}) ${tooMany(failedByAll)}`),
        for: "10m",
        severity: "warning",
        summary: "A replica of Alertmanager fails to tell what another can.",
        description: `{{ $labels.instance }} failed to send {{ $value | humanizePercentage }} of its notifications by ${way}.`,
      }),
      failedToSend("critical", tooMany(failedByAll, `{integration=~"${criticalIntegrations}"}`)),
      failedToSend("warning", tooMany(failedByAll, `{integration!~"${criticalIntegrations}"}`)),
    ],
  };
}

/** Why a small share has to last. */
const lasting =
  "A small share of failures counts when it lasts: a single failure is in the window of 15 minutes alone.";

const way = "{{ $labels.integration }}{{ with $labels.receiver_name }} to receiver {{ . }}{{ end }}";

function failedToSend(severity: "critical" | "warning", expr: string): AlertingRule {
  return alertingRule({
    alert: "AlertmanagerClusterFailedToSendAlerts",
    why: lasting,
    expr,
    for: "10m",
    severity,
    summary: "No replica of Alertmanager can send all notifications.",
    description: `Not even the replica that does best can send all notifications by ${way}: {{ $value | humanizePercentage }} fail.`,
  });
}
