import * as v from "valibot";
import { integrations } from "./alertmanager.js";
import { count, days, hours, isPattern, pattern, positive, ratio, seconds, secondsBelow, setting } from "./forms.js";

/*
 * Where an alert draws its line is a setting: one block per subject, each with its unit in its name or description.
 * The rules of a subject read `settings.thresholds.<subject>`.
 */

const targets = v.strictObject({
  downRatio: setting(ratio, 0.1, "Share of a job's targets that may be down, 0 to 1."),
  downSeconds: setting(seconds, 600, "How long they may be down, in seconds."),
});

const workloads = v.strictObject({
  crashLoopSeconds: setting(seconds, 900, "How long a container may crash again and again."),
  oomKilledSeconds: setting(seconds, 600, "How long ago an OOM kill still counts as news."),
  imagePullSeconds: setting(seconds, 600, "How long an image may fail to be pulled."),
  waitingSeconds: setting(seconds, 1800, "How long a container may wait for anything else."),
  stuckSeconds: setting(
    seconds,
    900,
    "How long a pod, a rollout or an autoscaler may be away from what was asked for.",
  ),
  jobSeconds: setting(seconds, 43_200, "How long a Job may run."),
  cronJobLateSeconds: setting(seconds, 900, "How long a run of a CronJob may be overdue."),
});

const node = v.strictObject({
  filesystemFillingWarningRatio: setting(ratio, 0.3, "Free share of a filesystem below which its trend warns, 0 to 1."),
  filesystemFillingWarningHours: setting(
    hours,
    24,
    "A filesystem that is full within this many hours, by its trend, warns.",
  ),
  filesystemFillingCriticalRatio: setting(
    ratio,
    0.15,
    "Free share of a filesystem below which its trend is critical, 0 to 1.",
  ),
  filesystemFillingCriticalHours: setting(
    hours,
    4,
    "A filesystem that is full within this many hours, by its trend, is critical.",
  ),
  filesystemAlmostOutWarningRatio: setting(
    ratio,
    0.12,
    "Free share of a filesystem that warns; the kubelet evicts pods below 0.1.",
  ),
  filesystemAlmostOutCriticalRatio: setting(ratio, 0.05, "Free share of a filesystem that is critical, 0 to 1."),
  cpuBusyRatio: setting(ratio, 0.9, "Share of a node's processors that may be busy, 0 to 1."),
  loadPerCpu: setting(positive, 2, "Processes that may run or wait for each processor (load of 5 minutes)."),
  memoryUsedRatio: setting(ratio, 0.9, "Share of a node's memory in use, 0 to 1."),
  majorPageFaultsPerSecond: setting(positive, 500, "Pages that a node may read back from disk, per second."),
  diskQueueLength: setting(positive, 10, "Requests that may wait for one disk on average."),
  fileDescriptorsWarningRatio: setting(ratio, 0.7, "Share of a node's file descriptors in use that warns, 0 to 1."),
  fileDescriptorsCriticalRatio: setting(
    ratio,
    0.9,
    "Share of a node's file descriptors in use that is critical, 0 to 1.",
  ),
  networkErrorRatio: setting(ratio, 0.01, "Share of an interface's packets that may be in error, 0 to 1."),
  linkLossesPerQuarterHour: setting(count, 3, "How often an interface may lose its link in 15 minutes."),
  conntrackUsedRatio: setting(ratio, 0.75, "Share of the connection tracking table in use, 0 to 1."),
  clockSkewSeconds: setting(positive, 2, "How far a node's clock may be from Prometheus', in seconds."),
});

const prometheus = v.strictObject({
  remoteWriteFailedRatio: setting(ratio, 0.01, "Share of samples that remote storage may refuse, 0 to 1."),
  remoteWriteBehindSeconds: setting(seconds, 120, "How far remote storage may lag behind, in seconds."),
  queryConcurrencyRatio: setting(
    ratio,
    0.8,
    "Share of the queries that Prometheus runs at a time that may be in use, 0 to 1.",
  ),
  volumeClaims: setting(
    pattern,
    "(.+-)?prometheus(-.+)?",
    "Regular expression of the claims that Prometheus' own samples are on.",
  ),
  volumeUsableRatio: setting(
    ratio,
    0.9,
    "Share of its volume that Prometheus may come to need, 0 to 1: compactions take the rest.",
  ),
  headSeriesFloor: setting(count, 50_000, "Series in memory below which their growth does not matter."),
  headSeriesDoublingDays: setting(days, 3, "Series in memory that double within this many days, by their trend, warn."),
});

const alertDelivery = v.strictObject({
  someFailedRatio: setting(ratio, 0.01, "Share of alerts that one Alertmanager may fail to take, 0 to 1."),
  allFailedRatio: setting(ratio, 0.03, "Share of alerts that every Alertmanager may fail to take, 0 to 1."),
  queueUsedRatio: setting(ratio, 0.5, "Share of Prometheus' queue of alerts that may be in use, 0 to 1."),
});

const alertmanager = v.strictObject({
  failedNotificationRatio: setting(ratio, 0.1, "Share of notifications that may fail, 0 to 1."),
  lastingFailureRatio: setting(ratio, 0.01, "Share of notifications that may fail again and again, 0 to 1."),
  criticalIntegrations: setting(
    v.pipe(
      pattern,
      // One that matches none would make an alert that never fires.
      v.check(
        (text) => !isPattern(text) || integrations.some((name) => new RegExp(`^(?:${text})$`, "u").test(name)),
        `must match one of ${integrations.join(", ")}`,
      ),
    ),
    "incidentio|opsgenie|pagerduty|pushover|sns|victorops|webhook",
    "Regular expression of the integrations that wake somebody; others only warn when they fail.",
  ),
  restartsPerTenMinutes: setting(count, 4, "How often an Alertmanager may start in 10 minutes."),
});

const storage = v.strictObject({
  fillingRatio: setting(ratio, 0.2, "Free share of a volume below which its trend warns, 0 to 1."),
  fillingDays: setting(days, 4, "A volume that is full within this many days, by its trend, warns."),
  almostFullRatio: setting(ratio, 0.03, "Free share of a volume that is critical, 0 to 1."),
});

const resources = v.strictObject({
  overcommitSeconds: setting(seconds, 600, "How long requests or quotas may be more than the cluster can give."),
  quotaOvercommitRatio: setting(
    positive,
    1.5,
    "Share of the cluster that all quotas together may promise; 1 is all of it.",
  ),
  quotaRatio: setting(ratio, 0.9, "Share of a quota that counts as nearly all."),
  throttledRatio: setting(ratio, 0.25, "Share of its CPU periods in which a container may be throttled."),
});

const kubeStateMetrics = v.strictObject({
  downSeconds: setting(seconds, 300, "How long kube-state-metrics may be away."),
  errorSeconds: setting(seconds, 900, "How long it may fail to list or watch objects."),
});

// The API server counts by these bounds and no others.
const certificateSeconds = v.pipe(
  v.picklist(
    [3600, 7200, 21_600, 43_200, 86_400, 172_800, 345_600, 604_800],
    "must be 1, 2, 6, 12, 24, 48, 96 or 168 hours in seconds",
  ),
  v.title("seconds"),
);

const kubernetesApiservers = v.strictObject({
  objectiveRatio: setting(
    ratio,
    0.99,
    "Share of requests that are to be answered in time and without error, over thirty days.",
  ),
  terminatedRatio: setting(ratio, 0.2, "Requests that the API server may end by itself, for each that it answers."),
  downSeconds: setting(seconds, 300, "How long all API servers may be away."),
  unreachableSeconds: setting(seconds, 900, "How long one API server may be away."),
  aggregatedDownSeconds: setting(seconds, 300, "How long an aggregated API may be away."),
  certificateWarningSeconds: setting(
    certificateSeconds,
    604_800,
    "How long before its end a client's certificate is a warning.",
  ),
  certificateCriticalSeconds: setting(
    certificateSeconds,
    86_400,
    "How long before its end a client's certificate is critical.",
  ),
});

const clients = v.strictObject({
  errorRatio: setting(ratio, 0.01, "Share of its requests to the API server with which a part of Kubernetes may fail."),
});

const kubelet = v.strictObject({
  notReadySeconds: setting(seconds, 300, "How long a node may be not ready or not report."),
  pressureSeconds: setting(seconds, 600, "How long a node may be under pressure."),
  podsRatio: setting(ratio, 0.95, "Share of a node's pods that counts as nearly all."),
  downSeconds: setting(seconds, 300, "How long all kubelets may be away."),
  unreachableSeconds: setting(seconds, 900, "How long one kubelet may be away."),
  relistSeconds: setting(
    secondsBelow(10),
    5,
    "How long a look at the containers may take; the kubelet measures up to 10.",
  ),
  podStartSeconds: setting(seconds, 60, "How long a pod may take to start."),
  certificateWarningSeconds: setting(seconds, 604_800, "How long before its end a certificate is a warning."),
  certificateCriticalSeconds: setting(seconds, 86_400, "How long before its end a certificate is critical."),
  versionMismatchSeconds: setting(seconds, 14_400, "How long an upgrade may take, during which versions differ."),
});

const controlPlane = v.strictObject({
  downSeconds: setting(seconds, 300, "How long all schedulers, or all controller managers, may be away."),
  unreachableSeconds: setting(seconds, 900, "How long one of them may be away."),
  noLeaderSeconds: setting(seconds, 120, "How long none of them may lead."),
});

const kubeProxy = v.strictObject({
  downSeconds: setting(seconds, 300, "How long kube-proxy may be away on all nodes."),
  unreachableSeconds: setting(seconds, 900, "How long it may be away on one node."),
  staleSeconds: setting(seconds, 300, "How old rules may be while changes wait."),
});

const coredns = v.strictObject({
  downSeconds: setting(seconds, 120, "How long all of CoreDNS may be away."),
  unreachableSeconds: setting(seconds, 900, "How long one CoreDNS may be away."),
  servfailRatio: setting(ratio, 0.01, "Share of questions that may end in SERVFAIL."),
  latencySeconds: setting(secondsBelow(8), 1, "How long an answer may take; CoreDNS measures up to 8."),
});

// etcd measures up to about 8 seconds.
const diskSeconds = secondsBelow(8);

const etcd = v.strictObject({
  downSeconds: setting(seconds, 120, "How long all members may be away."),
  unreachableSeconds: setting(seconds, 300, "How long one member may be away."),
  leaderChanges: setting(count, 3, "How many changes of the leader within 15 minutes are still all right."),
  fsyncSeconds: setting(
    diskSeconds,
    0.1,
    "How long a write to the log may take; a tenth of a second is one heartbeat.",
  ),
  commitSeconds: setting(diskSeconds, 0.25, "How long a commit to the database may take."),
  databaseWarningRatio: setting(ratio, 0.8, "Share of the database's quota: a warning."),
  databaseCriticalRatio: setting(ratio, 0.95, "Share of the database's quota: critical."),
  databaseFullHours: setting(
    hours,
    4,
    "A database that reaches its quota within this many hours, by its trend, warns.",
  ),
  databaseInUseRatio: setting(
    ratio,
    0.5,
    "Share of the database that is in use, below which it is worth defragmenting.",
  ),
  fragmentedBytes: setting(
    count,
    500_000_000,
    "Bytes up to which it does not matter how much of the database is in use.",
  ),
  failedProposals: setting(count, 5, "How many proposals of a member may fail within 15 minutes."),
  peerSeconds: setting(
    secondsBelow(3),
    0.15,
    "How long a round trip to another member may take; etcd measures up to about 3.",
  ),
  failedRequestRatio: setting(ratio, 0.05, "Share of requests that may fail, 0 to 1."),
});

const blackboxExporter = v.strictObject({
  downSeconds: setting(seconds, 300, "How long blackbox-exporter may be away."),
});

const probes = v.strictObject({
  failedSeconds: setting(seconds, 300, "How long a probe may fail."),
  slowSeconds: setting(positive, 2, "How long a probe may take on average; past scrape.timeout it fails."),
  certificateWarningDays: setting(count, 21, "Days that a certificate has left: a warning."),
  certificateCriticalDays: setting(count, 5, "Days that a certificate has left: critical."),
});

const thanos = v.strictObject({
  prometheusAwaySeconds: setting(seconds, 300, "How long a sidecar may be without its Prometheus."),
  uploadLateHours: setting(hours, 6, "How long ago the last upload may be; a block is due every two hours."),
  failedOperationRatio: setting(ratio, 0.05, "Share of requests to the object store that may fail, 0 to 1."),
  compactorIdleHours: setting(hours, 6, "How long the Compactor may take to go through all blocks."),
  failedRequestRatio: setting(ratio, 0.05, "Share of queries, or of what the Querier asks, that may fail, 0 to 1."),
});

/** Thresholds of every subject. */
export const thresholds = v.strictObject({
  targets: v.optional(targets, {}),
  node: v.optional(node, {}),
  prometheus: v.optional(prometheus, {}),
  alertDelivery: v.optional(alertDelivery, {}),
  alertmanager: v.optional(alertmanager, {}),
  storage: v.optional(storage, {}),
  workloads: v.optional(workloads, {}),
  resources: v.optional(resources, {}),
  kubeStateMetrics: v.optional(kubeStateMetrics, {}),
  kubernetesApiservers: v.optional(kubernetesApiservers, {}),
  clients: v.optional(clients, {}),
  kubelet: v.optional(kubelet, {}),
  controlPlane: v.optional(controlPlane, {}),
  kubeProxy: v.optional(kubeProxy, {}),
  coredns: v.optional(coredns, {}),
  etcd: v.optional(etcd, {}),
  blackboxExporter: v.optional(blackboxExporter, {}),
  probes: v.optional(probes, {}),
  thanos: v.optional(thanos, {}),
});
