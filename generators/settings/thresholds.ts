import * as v from "valibot";
import { count, days, hours, pattern, positive, ratio, seconds, secondsBelow } from "./forms.js";

/*
 * Where an alert draws its line is a setting: one block per subject, each with its unit in its name or description.
 * The rules of a subject read `settings.thresholds.<subject>`.
 */

const targets = v.strictObject({
  downRatio: v.pipe(v.optional(ratio, 0.1), v.description("Share of a job's targets that may be down, 0 to 1.")),
  downSeconds: v.pipe(v.optional(seconds, 600), v.description("How long they may be down, in seconds.")),
});

const workloads = v.strictObject({
  crashLoopSeconds: v.pipe(v.optional(seconds, 900), v.description("How long a container may crash again and again.")),
  oomKilledSeconds: v.pipe(v.optional(seconds, 600), v.description("How long ago an OOM kill still counts as news.")),
  imagePullSeconds: v.pipe(v.optional(seconds, 600), v.description("How long an image may fail to be pulled.")),
  waitingSeconds: v.pipe(v.optional(seconds, 1800), v.description("How long a container may wait for anything else.")),
  stuckSeconds: v.pipe(
    v.optional(seconds, 900),
    v.description("How long a pod, a rollout or an autoscaler may be away from what was asked for."),
  ),
  jobSeconds: v.pipe(v.optional(seconds, 43_200), v.description("How long a Job may run.")),
  cronJobLateSeconds: v.pipe(v.optional(seconds, 900), v.description("How long a run of a CronJob may be overdue.")),
});

const node = v.strictObject({
  filesystemFillingWarningRatio: v.pipe(
    v.optional(ratio, 0.3),
    v.description("Free share of a filesystem below which its trend warns, 0 to 1."),
  ),
  filesystemFillingWarningHours: v.pipe(
    v.optional(hours, 24),
    v.description("A filesystem that is full within this many hours, by its trend, warns."),
  ),
  filesystemFillingCriticalRatio: v.pipe(
    v.optional(ratio, 0.15),
    v.description("Free share of a filesystem below which its trend is critical, 0 to 1."),
  ),
  filesystemFillingCriticalHours: v.pipe(
    v.optional(hours, 4),
    v.description("A filesystem that is full within this many hours, by its trend, is critical."),
  ),
  filesystemAlmostOutWarningRatio: v.pipe(
    v.optional(ratio, 0.12),
    v.description("Free share of a filesystem that warns; the kubelet evicts pods below 0.1."),
  ),
  filesystemAlmostOutCriticalRatio: v.pipe(
    v.optional(ratio, 0.05),
    v.description("Free share of a filesystem that is critical, 0 to 1."),
  ),
  cpuBusyRatio: v.pipe(v.optional(ratio, 0.9), v.description("Share of a node's processors that may be busy, 0 to 1.")),
  loadPerCpu: v.pipe(
    v.optional(positive, 2),
    v.description("Processes that may run or wait for each processor (load of 5 minutes)."),
  ),
  memoryUsedRatio: v.pipe(v.optional(ratio, 0.9), v.description("Share of a node's memory in use, 0 to 1.")),
  majorPageFaultsPerSecond: v.pipe(
    v.optional(positive, 500),
    v.description("Pages that a node may read back from disk, per second."),
  ),
  diskQueueLength: v.pipe(v.optional(positive, 10), v.description("Requests that may wait for one disk on average.")),
  fileDescriptorsWarningRatio: v.pipe(
    v.optional(ratio, 0.7),
    v.description("Share of a node's file descriptors in use that warns, 0 to 1."),
  ),
  fileDescriptorsCriticalRatio: v.pipe(
    v.optional(ratio, 0.9),
    v.description("Share of a node's file descriptors in use that is critical, 0 to 1."),
  ),
  networkErrorRatio: v.pipe(
    v.optional(ratio, 0.01),
    v.description("Share of an interface's packets that may be in error, 0 to 1."),
  ),
  linkLossesPerQuarterHour: v.pipe(
    v.optional(count, 3),
    v.description("How often an interface may lose its link in 15 minutes."),
  ),
  conntrackUsedRatio: v.pipe(
    v.optional(ratio, 0.75),
    v.description("Share of the connection tracking table in use, 0 to 1."),
  ),
  clockSkewSeconds: v.pipe(
    v.optional(positive, 2),
    v.description("How far a node's clock may be from Prometheus', in seconds."),
  ),
});

const prometheus = v.strictObject({
  remoteWriteFailedRatio: v.pipe(
    v.optional(ratio, 0.01),
    v.description("Share of samples that remote storage may refuse, 0 to 1."),
  ),
  remoteWriteBehindSeconds: v.pipe(
    v.optional(seconds, 120),
    v.description("How far remote storage may lag behind, in seconds."),
  ),
  queryConcurrencyRatio: v.pipe(
    v.optional(ratio, 0.8),
    v.description("Share of the queries that Prometheus runs at a time that may be in use, 0 to 1."),
  ),
  volumeClaims: v.pipe(
    v.optional(pattern, "(.+-)?prometheus(-.+)?"),
    v.description("Regular expression of the claims that Prometheus' own samples are on."),
  ),
  volumeUsableRatio: v.pipe(
    v.optional(ratio, 0.9),
    v.description("Share of its volume that Prometheus may come to need, 0 to 1: compactions take the rest."),
  ),
  headSeriesFloor: v.pipe(
    v.optional(count, 50_000),
    v.description("Series in memory below which their growth does not matter."),
  ),
  headSeriesDoublingDays: v.pipe(
    v.optional(days, 3),
    v.description("Series in memory that double within this many days, by their trend, warn."),
  ),
});

const alertDelivery = v.strictObject({
  someFailedRatio: v.pipe(
    v.optional(ratio, 0.01),
    v.description("Share of alerts that one Alertmanager may fail to take, 0 to 1."),
  ),
  allFailedRatio: v.pipe(
    v.optional(ratio, 0.03),
    v.description("Share of alerts that every Alertmanager may fail to take, 0 to 1."),
  ),
  queueUsedRatio: v.pipe(
    v.optional(ratio, 0.5),
    v.description("Share of Prometheus' queue of alerts that may be in use, 0 to 1."),
  ),
});

const alertmanager = v.strictObject({
  failedNotificationRatio: v.pipe(
    v.optional(ratio, 0.1),
    v.description("Share of notifications that may fail, 0 to 1."),
  ),
  lastingFailureRatio: v.pipe(
    v.optional(ratio, 0.01),
    v.description("Share of notifications that may fail again and again, 0 to 1."),
  ),
  criticalIntegrations: v.pipe(
    v.optional(pattern, "incidentio|opsgenie|pagerduty|pushover|sns|victorops|webhook"),
    v.description("Regular expression of the integrations that wake somebody; others only warn when they fail."),
  ),
  restartsPerTenMinutes: v.pipe(
    v.optional(count, 4),
    v.description("How often an Alertmanager may start in 10 minutes."),
  ),
});

const storage = v.strictObject({
  fillingRatio: v.pipe(
    v.optional(ratio, 0.2),
    v.description("Free share of a volume below which its trend warns, 0 to 1."),
  ),
  fillingDays: v.pipe(
    v.optional(days, 4),
    v.description("A volume that is full within this many days, by its trend, warns."),
  ),
  almostFullRatio: v.pipe(v.optional(ratio, 0.03), v.description("Free share of a volume that is critical, 0 to 1.")),
});

const resources = v.strictObject({
  overcommitSeconds: v.pipe(
    v.optional(seconds, 600),
    v.description("How long requests or quotas may be more than the cluster can give."),
  ),
  quotaOvercommitRatio: v.pipe(
    v.optional(positive, 1.5),
    v.description("Share of the cluster that all quotas together may promise; 1 is all of it."),
  ),
  quotaRatio: v.pipe(v.optional(ratio, 0.9), v.description("Share of a quota that counts as nearly all.")),
  throttledRatio: v.pipe(
    v.optional(ratio, 0.25),
    v.description("Share of its CPU periods in which a container may be throttled."),
  ),
});

const kubeStateMetrics = v.strictObject({
  downSeconds: v.pipe(v.optional(seconds, 300), v.description("How long kube-state-metrics may be away.")),
  errorSeconds: v.pipe(v.optional(seconds, 900), v.description("How long it may fail to list or watch objects.")),
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
  objectiveRatio: v.pipe(
    v.optional(ratio, 0.99),
    v.description("Share of requests that are to be answered in time and without error, over thirty days."),
  ),
  terminatedRatio: v.pipe(
    v.optional(ratio, 0.2),
    v.description("Requests that the API server may end by itself, for each that it answers."),
  ),
  downSeconds: v.pipe(v.optional(seconds, 300), v.description("How long all API servers may be away.")),
  unreachableSeconds: v.pipe(v.optional(seconds, 900), v.description("How long one API server may be away.")),
  aggregatedDownSeconds: v.pipe(v.optional(seconds, 300), v.description("How long an aggregated API may be away.")),
  certificateWarningSeconds: v.pipe(
    v.optional(certificateSeconds, 604_800),
    v.description("How long before its end a client's certificate is a warning."),
  ),
  certificateCriticalSeconds: v.pipe(
    v.optional(certificateSeconds, 86_400),
    v.description("How long before its end a client's certificate is critical."),
  ),
});

const clients = v.strictObject({
  errorRatio: v.pipe(
    v.optional(ratio, 0.01),
    v.description("Share of its requests to the API server with which a part of Kubernetes may fail."),
  ),
});

const kubelet = v.strictObject({
  notReadySeconds: v.pipe(v.optional(seconds, 300), v.description("How long a node may be not ready or not report.")),
  pressureSeconds: v.pipe(v.optional(seconds, 600), v.description("How long a node may be under pressure.")),
  podsRatio: v.pipe(v.optional(ratio, 0.95), v.description("Share of a node's pods that counts as nearly all.")),
  downSeconds: v.pipe(v.optional(seconds, 300), v.description("How long all kubelets may be away.")),
  unreachableSeconds: v.pipe(v.optional(seconds, 900), v.description("How long one kubelet may be away.")),
  relistSeconds: v.pipe(
    v.optional(secondsBelow(10), 5),
    v.description("How long a look at the containers may take; the kubelet measures up to 10."),
  ),
  podStartSeconds: v.pipe(v.optional(seconds, 60), v.description("How long a pod may take to start.")),
  certificateWarningSeconds: v.pipe(
    v.optional(seconds, 604_800),
    v.description("How long before its end a certificate is a warning."),
  ),
  certificateCriticalSeconds: v.pipe(
    v.optional(seconds, 86_400),
    v.description("How long before its end a certificate is critical."),
  ),
  versionMismatchSeconds: v.pipe(
    v.optional(seconds, 14_400),
    v.description("How long an upgrade may take, during which versions differ."),
  ),
});

const controlPlane = v.strictObject({
  downSeconds: v.pipe(
    v.optional(seconds, 300),
    v.description("How long all schedulers, or all controller managers, may be away."),
  ),
  unreachableSeconds: v.pipe(v.optional(seconds, 900), v.description("How long one of them may be away.")),
  noLeaderSeconds: v.pipe(v.optional(seconds, 120), v.description("How long none of them may lead.")),
});

const kubeProxy = v.strictObject({
  downSeconds: v.pipe(v.optional(seconds, 300), v.description("How long kube-proxy may be away on all nodes.")),
  unreachableSeconds: v.pipe(v.optional(seconds, 900), v.description("How long it may be away on one node.")),
  staleSeconds: v.pipe(v.optional(seconds, 300), v.description("How old rules may be while changes wait.")),
});

const coredns = v.strictObject({
  downSeconds: v.pipe(v.optional(seconds, 120), v.description("How long all of CoreDNS may be away.")),
  unreachableSeconds: v.pipe(v.optional(seconds, 900), v.description("How long one CoreDNS may be away.")),
  servfailRatio: v.pipe(v.optional(ratio, 0.01), v.description("Share of questions that may end in SERVFAIL.")),
  latencySeconds: v.pipe(
    v.optional(secondsBelow(8), 1),
    v.description("How long an answer may take; CoreDNS measures up to 8."),
  ),
});

// etcd measures up to about 8 seconds.
const diskSeconds = secondsBelow(8);

const etcd = v.strictObject({
  downSeconds: v.pipe(v.optional(seconds, 120), v.description("How long all members may be away.")),
  unreachableSeconds: v.pipe(v.optional(seconds, 300), v.description("How long one member may be away.")),
  leaderChanges: v.pipe(
    v.optional(count, 3),
    v.description("How many changes of the leader within 15 minutes are still all right."),
  ),
  fsyncSeconds: v.pipe(
    v.optional(diskSeconds, 0.1),
    v.description("How long a write to the log may take; a tenth of a second is one heartbeat."),
  ),
  commitSeconds: v.pipe(v.optional(diskSeconds, 0.25), v.description("How long a commit to the database may take.")),
  databaseWarningRatio: v.pipe(v.optional(ratio, 0.8), v.description("Share of the database's quota: a warning.")),
  databaseCriticalRatio: v.pipe(v.optional(ratio, 0.95), v.description("Share of the database's quota: critical.")),
  databaseFullHours: v.pipe(
    v.optional(hours, 4),
    v.description("A database that reaches its quota within this many hours, by its trend, warns."),
  ),
  databaseInUseRatio: v.pipe(
    v.optional(ratio, 0.5),
    v.description("Share of the database that is in use, below which it is worth defragmenting."),
  ),
  fragmentedBytes: v.pipe(
    v.optional(count, 500_000_000),
    v.description("Bytes up to which it does not matter how much of the database is in use."),
  ),
  failedProposals: v.pipe(
    v.optional(count, 5),
    v.description("How many proposals of a member may fail within 15 minutes."),
  ),
  peerSeconds: v.pipe(
    v.optional(secondsBelow(3), 0.15),
    v.description("How long a round trip to another member may take; etcd measures up to about 3."),
  ),
  failedRequestRatio: v.pipe(v.optional(ratio, 0.05), v.description("Share of requests that may fail, 0 to 1.")),
});

const blackboxExporter = v.strictObject({
  downSeconds: v.pipe(v.optional(seconds, 300), v.description("How long blackbox-exporter may be away.")),
});

const probes = v.strictObject({
  failedSeconds: v.pipe(v.optional(seconds, 300), v.description("How long a probe may fail.")),
  slowSeconds: v.pipe(
    v.optional(positive, 2),
    v.description("How long a probe may take on average; past scrapeTimeout it fails."),
  ),
  certificateWarningDays: v.pipe(v.optional(count, 21), v.description("Days that a certificate has left: a warning.")),
  certificateCriticalDays: v.pipe(v.optional(count, 5), v.description("Days that a certificate has left: critical.")),
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
});
