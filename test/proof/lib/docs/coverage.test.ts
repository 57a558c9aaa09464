import assert from "node:assert/strict";
import { test } from "uvu";
import { allRuleFiles } from "../../../../generators/prometheus/rules/index.js";
import { defaults } from "../../../../generators/settings/index.js";
import { coverage, onlyHere, renamed } from "../../../../proof/lib/docs/coverage.js";
import { alertsOf } from "../../../../scripts/lib/checks/rules/alerts.js";

/** What kube-prometheus (August 2026) tells of, by what its names begin with; without operator, Windows, AIX, macOS. */
const names: Readonly<Record<string, string>> = {
  "": "TargetDown Watchdog InfoInhibitor CPUThrottlingHigh",
  Prometheus:
    "BadConfig SDRefreshFailure KubernetesListWatchFailures NotificationQueueRunningFull NotConnectedToAlertmanagers " +
    "ErrorSendingAlertsToSomeAlertmanagers ErrorSendingAlertsToAnyAlertmanager TSDBReloadsFailing TSDBCompactionsFailing " +
    "NotIngestingSamples DuplicateTimestamps OutOfOrderTimestamps RemoteStorageFailures RemoteWriteBehind " +
    "RemoteWriteDesiredShards RuleFailures MissingRuleEvaluations TargetLimitHit LabelLimitHit ScrapeBodySizeLimitHit " +
    "ScrapeSampleLimitHit TargetSyncFailure HighQueryLoad",
  Alertmanager:
    "FailedReload MembersInconsistent FailedToSendAlerts ClusterFailedToSendAlerts ConfigInconsistent ClusterDown " +
    "ClusterCrashlooping ClusterFailedPeers",
  KubeStateMetrics: "ListErrors WatchErrors ShardingMismatch ShardsMissing",
  Grafana: "RequestsFailing",
  Node:
    "FilesystemSpaceFillingUp FilesystemAlmostOutOfSpace FilesystemFilesFillingUp FilesystemAlmostOutOfFiles " +
    "NetworkReceiveErrs NetworkTransmitErrs NetworkInterfaceFlapping HighNumberConntrackEntriesUsed " +
    "TextFileCollectorScrapeError ClockSkewDetected ClockNotSynchronising RAIDDegraded RAIDDiskFailure " +
    "FileDescriptorLimit CPUHighUsage SystemSaturation MemoryMajorPagesFaults MemoryHighUtilization DiskIOSaturation " +
    "SystemdServiceFailed SystemdServiceCrashlooping BondingDegraded",
  Kube:
    "PodCrashLooping PodNotReady ContainerWaiting DeploymentGenerationMismatch DeploymentReplicasMismatch " +
    "DeploymentRolloutStuck StatefulSetReplicasMismatch StatefulSetGenerationMismatch StatefulSetUpdateNotRolledOut " +
    "DaemonSetRolloutStuck DaemonSetNotScheduled DaemonSetMisScheduled JobNotCompleted JobFailed HpaReplicasMismatch " +
    "HpaMaxedOut PdbNotEnoughHealthyPods CPUOvercommit MemoryOvercommit CPUQuotaOvercommit MemoryQuotaOvercommit " +
    "QuotaAlmostFull QuotaFullyUsed QuotaExceeded PersistentVolumeFillingUp PersistentVolumeInodesFillingUp " +
    "PersistentVolumeErrors APIErrorBudgetBurn ClientCertificateExpiration AggregatedAPIErrors AggregatedAPIDown " +
    "APIDown APIInstanceUnreachable APITerminatedRequests VersionMismatch ClientErrors NodeNotReady NodePressure " +
    "NodeUnreachable NodeReadinessFlapping NodeEviction SchedulerDown SchedulerInstanceUnreachable " +
    "ControllerManagerDown ControllerManagerInstanceUnreachable",
  Kubelet:
    "TooManyPods PlegDurationHigh PodStartUpLatencyHigh ClientCertificateExpiration ServerCertificateExpiration " +
    "ClientCertificateRenewalErrors ServerCertificateRenewalErrors InstanceUnreachable Down",
};

/** What it does not tell of, and this bundle does. */
const wanted = [
  "PrometheusVolumeFillsBeforeRetention",
  "PrometheusHeadSeriesGrowing",
  "KubeContainerOOMKilled",
  "KubePodImagePullFailing",
  "KubeCronJobDidNotRun",
  "EtcdNoLeader",
  "EtcdLeaderChanges",
  "EtcdSlowFsync",
  "EtcdSlowCommit",
  "EtcdDatabaseNearQuota",
  "CoreDNSDown",
  "CoreDNSServfailRatioHigh",
  "CoreDNSLatencyHigh",
  "KubeProxyDown",
];

/** Alerts by which the mixins of these programs know what kube-prometheus does not tell of. */
const ofMixins = ["CoreDNSDown", "CoreDNSLatencyHigh", "KubeProxyDown"];

const files = allRuleFiles(defaults);
const rows = coverage(files).flatMap(([, rows]) => rows);
const alertsByName = new Set(alertsOf(files).map(({ rule }) => rule.alert));
const all = Object.entries(names).flatMap(([prefix, list]) => list.split(" ").map((name) => prefix + name));

test("every failure that kube-prometheus tells of has a row, with an alert or a reason", () => {
  const covered = new Set(rows.map(({ knownAs }) => knownAs));
  assert.equal(all.length, 116);
  assert.deepEqual(
    all.filter((name) => !covered.has(name)),
    [],
  );
});

test("what it does not tell of has an alert here", () => {
  assert.deepEqual(
    wanted.filter((alert) => !alertsByName.has(alert)),
    [],
  );
});

test("what has the name that it has elsewhere is told of elsewhere", () => {
  const same = rows.flatMap((row) => ("alert" in row && row.alert === row.knownAs ? [row.alert] : []));
  assert.deepEqual(
    same.filter((alert) => !all.includes(alert) && !ofMixins.includes(alert)),
    [],
  );
});

test("what is said to be only here is told of nowhere else, and each exception is an alert that there is", () => {
  assert.deepEqual(
    onlyHere.filter((alert) => all.includes(alert) || ofMixins.includes(alert)),
    [],
  );
  assert.deepEqual(
    [...onlyHere, ...Object.keys(renamed)].filter((alert) => !alertsByName.has(alert)),
    [],
  );
});

test("a failure and a reason are sentences", () => {
  for (const row of rows) {
    assert.match(row.failure, /^\S.+\.$/);
    if ("reason" in row) assert.match(row.reason, /^[A-Z].{20,}\.$/);
  }
});

test.run();
