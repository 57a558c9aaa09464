import { type HistogramForm, histogram } from "../../../metrics/promql/histogram.js";
import type { AlertingRule, RuleFile, Severity } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { alertingRule } from "./alerting-rule.js";
import { instanceUnreachable, jobDown } from "./instances.js";
import { lines } from "./lines.js";

const job = "etcd";

const last = (metric: string) => `last_over_time(${metric}{job="${job}"}[5m])`;

const quota = last("etcd_server_quota_backend_bytes");

/** The database is at its quota after some hours, by its trend over a window. */
function fullAfter(hours: number, window: string): string {
  const size = `predict_linear(etcd_mvcc_db_total_size_in_bytes{job="${job}"}[${window}], ${hours} * 3600)`;
  return `${size} > (${quota} > 0)`;
}

const faults =
  'grpc_type="unary", grpc_code=~"DataLoss|DeadlineExceeded|FailedPrecondition|Internal|ResourceExhausted|Unavailable|Unknown"';

/** The slowest hundredth of what etcd asks of a member's disk. */
function slowDisk(alert: string, slowest: string, limitSeconds: number, what: string): AlertingRule {
  return alertingRule({
    alert,
    expr: `${slowest} > ${limitSeconds}`,
    for: "10m",
    severity: "warning",
    summary: `etcd's disk is slow to ${what}.`,
    description: `The slowest hundredth of the times that the etcd member at {{ $labels.instance }} has to ${what} takes over {{ $value | humanizeDuration }}.`,
  });
}

/** The database nears the size at which etcd takes no more writes. */
function nearQuota(severity: Severity, share: number): AlertingRule {
  return alertingRule({
    alert: "EtcdDatabaseNearQuota",
    why: "A quota of zero or less is none.",
    expr: lines(
      `max by (instance) (${last("etcd_mvcc_db_total_size_in_bytes")})`,
      `/ (max by (instance) (${quota}) > 0) > ${share}`,
    ),
    for: "10m",
    severity,
    summary: "etcd's database nears its quota.",
    description:
      "The database of the etcd member at {{ $labels.instance }} is at {{ $value | humanizePercentage }} of its quota: at all of it etcd takes no more writes.",
  });
}

/** etcd, which keeps every object of the cluster. A platform that hides it leaves its job off. */
export function etcd({ thresholds }: Settings, form: HistogramForm): RuleFile {
  const limits = thresholds.etcd;
  const slowest = (name: string, ...by: readonly string[]) =>
    histogram(form, name, `job="${job}"`, { rate: "5m" }).quantile(0.99, "instance", ...by);
  return {
    subject: job,
    about: "etcd, which keeps every object of the cluster: its members, disks and database.",
    source: "generators/prometheus/rules/etcd.ts",
    jobs: [job, "prometheus"],
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
          alertingRule({
            alert: "EtcdNoLeader",
            expr: `max by (instance) (etcd_server_has_leader{job="${job}"}) == 0`,
            for: "1m",
            severity: "critical",
            summary: "An etcd member knows no leader.",
            description: "The etcd member at {{ $labels.instance }} has no leader: it takes no writes.",
          }),
          alertingRule({
            alert: "EtcdLeaderChanges",
            expr: `max(round(increase(etcd_server_leader_changes_seen_total{job="${job}"}[15m]))) > ${limits.leaderChanges}`,
            keep_firing_for: "15m",
            severity: "warning",
            summary: "etcd changes its leader again and again.",
            description: 'The leader of etcd changed {{ printf "%.0f" $value }} times within 15 minutes.',
          }),
          slowDisk(
            "EtcdSlowFsync",
            slowest("etcd_disk_wal_fsync_duration_seconds"),
            limits.fsyncSeconds,
            "write its log",
          ),
          slowDisk(
            "EtcdSlowCommit",
            slowest("etcd_disk_backend_commit_duration_seconds"),
            limits.commitSeconds,
            "commit to its database",
          ),
          nearQuota("warning", limits.databaseWarningRatio),
          nearQuota("critical", limits.databaseCriticalRatio),
          alertingRule({
            alert: "EtcdDatabaseGrowing",
            why: "One batch of objects is in the trend of the hour for as long: it has to go on. A quota of zero or less is none.",
            expr: lines(fullAfter(limits.databaseFullHours, "1h"), `and ${fullAfter(limits.databaseFullHours, "15m")}`),
            for: "10m",
            severity: "warning",
            summary: "etcd's database grows towards its quota.",
            description: `The database of the etcd member at {{ $labels.instance }} grows so fast that it reaches its quota within ${limits.databaseFullHours} hours.`,
          }),
          alertingRule({
            alert: "EtcdDatabaseFragmented",
            why: "To defragment a member halts it for a while: a small file is not worth that.",
            expr: lines(
              `${last("etcd_mvcc_db_total_size_in_use_in_bytes")} / (${last("etcd_mvcc_db_total_size_in_bytes")} > ${limits.fragmentedBytes})`,
              `  < ${limits.databaseInUseRatio}`,
            ),
            for: "1h",
            severity: "warning",
            summary: "Much of etcd's database is empty.",
            description:
              "{{ $value | humanizePercentage }} of the database of the etcd member at {{ $labels.instance }} are in use: the rest counts towards its quota until it is defragmented.",
          }),
          alertingRule({
            alert: "EtcdFailedProposals",
            expr: `round(increase(etcd_server_proposals_failed_total{job="${job}"}[15m])) > ${limits.failedProposals}`,
            keep_firing_for: "15m",
            severity: "warning",
            summary: "etcd members cannot agree on writes.",
            description:
              'Proposals of the etcd member at {{ $labels.instance }} that failed within 15 minutes: {{ printf "%.0f" $value }}.',
          }),
          alertingRule({
            alert: "EtcdPeerSlow",
            why: "These series exist with more than one member.",
            expr: `${slowest("etcd_network_peer_round_trip_time_seconds", "To")} > ${limits.peerSeconds}`,
            for: "10m",
            severity: "warning",
            summary: "An etcd member is slow to reach another.",
            description:
              "The slowest hundredth of the round trips from the etcd member at {{ $labels.instance }} to {{ $labels.To }} takes over {{ $value | humanizeDuration }}.",
          }),
          alertingRule({
            alert: "EtcdRequestsFailing",
            why: "What a client answers for is left out, such as asking for too old a revision. Streams end as their clients please.",
            expr: lines(
              `sum by (instance, grpc_method) (rate(grpc_server_handled_total{job="${job}", ${faults}}[5m]))`,
              `/ sum by (instance, grpc_method) (rate(grpc_server_handled_total{job="${job}", grpc_type="unary"}[5m])) > ${limits.failedRequestRatio}`,
            ),
            for: "10m",
            severity: "warning",
            summary: "etcd fails to answer requests.",
            description:
              "{{ $value | humanizePercentage }} of the requests {{ $labels.grpc_method }} to the etcd member at {{ $labels.instance }} fail.",
          }),
        ],
      },
    ],
  };
}
