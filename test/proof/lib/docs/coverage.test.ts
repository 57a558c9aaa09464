import assert from "node:assert/strict";
import { test } from "uvu";
import { allRuleFiles } from "../../../../generators/prometheus/rules/index.js";
import { defaults } from "../../../../generators/settings/index.js";
import { coverage } from "../../../../proof/lib/docs/coverage/index.js";
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

const files = allRuleFiles(defaults);
const rows = coverage.flatMap((one) => one.rows);
const alertsByName = new Set(alertsOf(files).map(({ rule }) => rule.alert));

test("every failure that kube-prometheus tells of has a row, with an alert or a reason", () => {
  const covered = new Set(rows.map(({ knownAs }) => knownAs));
  const all = Object.entries(names).flatMap(([prefix, list]) => list.split(" ").map((name) => prefix + name));
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

test("each row's alert is in the file of rules of its subject", () => {
  const strays = coverage.flatMap(({ subject, rows }) => {
    const own = alertsOf(files.filter((file) => file.subject === subject)).map(({ rule }) => rule.alert);
    return rows.flatMap((row) => ("alert" in row && !own.includes(row.alert) ? [`${subject}: ${row.alert}`] : []));
  });
  assert.deepEqual(strays, []);
});

test("each alert of each file of rules has a row", () => {
  const missing = files.flatMap((file) => {
    const own = coverage.filter(({ subject }) => subject === file.subject).flatMap(({ rows }) => rows);
    const told = own.flatMap((row) => ("alert" in row ? [row.alert] : []));
    return alertsOf([file]).flatMap(({ rule }) =>
      told.includes(rule.alert) ? [] : [`${file.subject}: ${rule.alert}`],
    );
  });
  assert.deepEqual(missing, []);
});

test("a reason is a sentence", () => {
  for (const row of rows) if ("reason" in row) assert.match(row.reason, /^[A-Z].{20,}\.$/);
});

test("failures are written alike: a small letter, no full stop", () => {
  const proper = /^(Prometheus|CoreDNS|CPU|Grafana) /;
  const odd = rows.filter(({ failureMode }) => /^[A-Z]|\.$/.test(failureMode) && !proper.test(failureMode));
  assert.deepEqual(odd, []);
});

test.run();
