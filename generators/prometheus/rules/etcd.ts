import type { AlertingRule, RuleFile, Severity } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { instanceUnreachable, jobDown } from "./instances.js";
import { lines } from "./lines.js";

const job = "etcd";

/** The slowest hundredth of what etcd asks of a member's disk. */
function slowDisk(alert: string, histogram: string, limitSeconds: number, what: string): AlertingRule {
  return {
    alert,
    expr: `histogram_quantile(0.99, sum by (instance, le) (rate(${histogram}_bucket{job="${job}"}[5m]))) > ${limitSeconds}`,
    for: "10m",
    labels: { severity: "warning" },
    annotations: {
      summary: `etcd's disk is slow to ${what}.`,
      description: `The slowest hundredth of the times that the etcd member at {{ $labels.instance }} has to ${what} takes over {{ $value | humanizeDuration }}.`,
    },
  };
}

/** The database nears the size at which etcd takes no more writes. */
function nearQuota(severity: Severity, share: number): AlertingRule {
  return {
    alert: "EtcdDatabaseNearQuota",
    expr: lines(
      `max by (instance) (etcd_mvcc_db_total_size_in_bytes{job="${job}"})`,
      `/ max by (instance) (etcd_server_quota_backend_bytes{job="${job}"}) > ${share}`,
    ),
    for: "10m",
    labels: { severity },
    annotations: {
      summary: "etcd's database nears its quota.",
      description:
        "The database of the etcd member at {{ $labels.instance }} is at {{ $value | humanizePercentage }} of its quota: at all of it etcd takes no more writes.",
    },
  };
}

/** etcd, which keeps every object of the cluster. A platform that hides it leaves its job off. */
export function etcd({ thresholds }: Settings): RuleFile {
  const limits = thresholds.etcd;
  return {
    subject: job,
    source: "generators/prometheus/rules/etcd.ts",
    jobs: [job],
    groups: [
      {
        name: job,
        rules: [
          jobDown(job, "EtcdDown", limits.downSeconds, {
            summary: "No etcd member answers.",
            description: "Prometheus reaches no etcd member: without etcd the API server answers nothing.",
          }),
          instanceUnreachable(job, "EtcdMemberUnreachable", limits.unreachableSeconds, {
            summary: "An etcd member does not answer.",
            description: "Prometheus does not reach the etcd member at {{ $labels.instance }}, but reaches others.",
          }),
          {
            alert: "EtcdNoLeader",
            expr: `max by (instance) (etcd_server_has_leader{job="${job}"}) == 0`,
            for: "1m",
            labels: { severity: "critical" },
            annotations: {
              summary: "An etcd member knows no leader.",
              description: "The etcd member at {{ $labels.instance }} has no leader: it takes no writes.",
            },
          },
          {
            alert: "EtcdLeaderChanges",
            expr: `max(increase(etcd_server_leader_changes_seen_total{job="${job}"}[15m])) > ${limits.leaderChanges}`,
            keep_firing_for: "15m",
            labels: { severity: "warning" },
            annotations: {
              summary: "etcd changes its leader again and again.",
              description: 'The leader of etcd changed {{ printf "%.0f" $value }} times within 15 minutes.',
            },
          },
          slowDisk("EtcdSlowFsync", "etcd_disk_wal_fsync_duration_seconds", limits.fsyncSeconds, "write its log"),
          slowDisk(
            "EtcdSlowCommit",
            "etcd_disk_backend_commit_duration_seconds",
            limits.commitSeconds,
            "commit to its database",
          ),
          nearQuota("warning", limits.databaseWarningRatio),
          nearQuota("critical", limits.databaseCriticalRatio),
        ],
      },
    ],
  };
}
