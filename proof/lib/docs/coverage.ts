import type { Settings } from "../../../generators/settings/index.js";
import type { RuleFile } from "../../../metrics/rule-file.js";
import { alertsOf } from "../../../scripts/lib/checks/rules/alerts.js";

/** A way to fail, and the alert that tells of it or the reason why none does: one row of the table of coverage. */
export type CoverageRow = {
  /** What goes wrong, in a sentence. */
  readonly failure: string;
  /** The alert's name in kube-prometheus, or in the mixin of the program's own project; absent where neither has one. */
  readonly knownAs?: string;
} & ({ readonly alert: string; readonly severities: readonly string[] } | { readonly reason: string });

/** Alerts that have another name there. */
export const renamed: Readonly<Record<string, string>> = {
  NodeConntrackAlmostFull: "NodeHighNumberConntrackEntriesUsed",
  KubePodUnschedulable: "KubePodNotReady",
  KubeStateMetricsDuplicated: "KubeStateMetricsShardingMismatch",
  EtcdNoLeader: "etcdNoLeader",
  EtcdLeaderChanges: "etcdHighNumberOfLeaderChanges",
  EtcdSlowFsync: "etcdHighFsyncDurations",
  EtcdSlowCommit: "etcdHighCommitDurations",
  EtcdDatabaseNearQuota: "etcdDatabaseQuotaLowSpace",
  EtcdDatabaseGrowing: "etcdExcessiveDatabaseGrowth",
  EtcdDatabaseFragmented: "etcdDatabaseHighFragmentationRatio",
  EtcdFailedProposals: "etcdHighNumberOfFailedProposals",
  EtcdPeerSlow: "etcdMemberCommunicationSlow",
  EtcdRequestsFailing: "etcdHighNumberOfFailedGRPCRequests",
  CoreDNSServfailRatioHigh: "CoreDNSErrorsHigh",
  ThanosSidecarWithoutPrometheus: "ThanosSidecarNoConnectionToStartedPrometheus",
  ThanosBucketOperationsFailing: "ThanosSidecarBucketOperationsFailed",
  ThanosCompactorHalted: "ThanosCompactHalted",
  ThanosCompactorFailing: "ThanosCompactHighCompactionFailures",
  ThanosCompactorIdle: "ThanosCompactHasNotRun",
  ThanosCompactorTwice: "ThanosCompactMultipleRunning",
  ThanosQueriesFailing: "ThanosQueryHttpRequestQueryErrorRateHigh",
  ThanosStoreRequestsFailing: "ThanosQueryGrpcClientErrorRate",
  ThanosQuerierOverloaded: "ThanosQueryOverload",
};

/** Alerts that neither kube-prometheus nor a mixin has. */
export const onlyHere: readonly string[] = [
  ...["NodeTargetDown", "ContainerMetricsIncomplete"],
  ...["PrometheusJobWithoutTargets", "PrometheusVolumeFillsBeforeRetention", "PrometheusHeadSeriesGrowing"],
  ...["NodeExporterDown", "NodeExporterCollectorFailed", "NodeFilesystemUnreadable"],
  ...["KubePersistentVolumeClaimLost", "KubeContainerOOMKilled", "KubePodImagePullFailing", "KubeCronJobDidNotRun"],
  ...["KubeHpaNotScaling", "KubeStateMetricsDown", "ClusterLargerThanSettings"],
  ...["KubeSchedulerNoLeader", "KubeControllerManagerNoLeader"],
  ...["EtcdDown", "EtcdMemberUnreachable"],
  ...["CoreDNSInstanceUnreachable", "CoreDNSUpstreamsDown", "CoreDNSPanics"],
  ...["KubeProxyInstanceUnreachable", "KubeProxyRulesStale"],
  ...["BlackboxExporterDown", "BlackboxExporterFailedReload", "BlackboxExporterUnknownModule"],
  ...["ProbeFailed", "ProbeSlow", "ProbeCertificateExpiresSoon", "ProbeCertificateExpired"],
  ...["ThanosUploadsFailing", "ThanosUploadsLate", "ThanosBlockUnreadable", "ThanosStoreMissing"],
];

/** An alert whose summary says what is well while it fires: what is wrong when it does not. */
const silent: Readonly<Record<string, string>> = { Watchdog: "Alerts do not reach anybody." };

const noSystemd =
  "The systemd collector is off: it needs the host's D-Bus socket in the pod, which is a way to command systemd. What Kubernetes needs of it shows: a node without kubelet or container runtime becomes NotReady.";

/** What no alert here tells of, by the subject of the rules that would. */
const untold: Readonly<Record<string, readonly CoverageRow[]>> = {
  node: [
    { failure: "A systemd service failed.", knownAs: "NodeSystemdServiceFailed", reason: noSystemd },
    {
      failure: "A systemd service restarts again and again.",
      knownAs: "NodeSystemdServiceCrashlooping",
      reason: noSystemd,
    },
  ],
  "kube-state-metrics": [
    {
      failure: "A shard is missing.",
      knownAs: "KubeStateMetricsShardsMissing",
      reason:
        "One instance reports every object, and that it is missing is KubeStateMetricsDown. Of those of components/kube-state-metrics-shards a missing one is TargetDown.",
    },
  ],
  etcd: [
    {
      failure: "etcd is slow to answer requests.",
      knownAs: "etcdGRPCRequestsSlow",
      reason:
        "Only etcd with --metrics=extensive measures it, which no installer sets. What makes it slow has alerts: the disk and the other members.",
    },
    {
      failure: "Fewer etcd members than a majority answer.",
      knownAs: "etcdInsufficientMembers",
      reason: "Members without a majority have no leader: EtcdNoLeader is critical within a minute.",
    },
  ],
  thanos: [
    {
      failure: "A Store Gateway fails to answer the Querier.",
      knownAs: "ThanosStoreGrpcErrorRate",
      reason: "The Querier counts the same: ThanosStoreRequestsFailing.",
    },
    {
      failure: "The Querier cannot resolve the names of its stores.",
      knownAs: "ThanosQueryHighDNSFailures",
      reason: "What comes of it shows: ThanosStoreMissing.",
    },
    {
      failure: "Queries, or the object store, are slow.",
      knownAs: "ThanosQueryRangeLatencyHigh",
      reason:
        "How long a query may take depends on who asks. The dashboard shows it, and ThanosQuerierOverloaded tells when queries pile up.",
    },
  ],
  grafana: [
    {
      failure: "Grafana answers with errors.",
      knownAs: "GrafanaRequestsFailing",
      reason:
        "Only people ask Grafana: they see the error at once. That it is away is TargetDown and KubeDeploymentReplicasMismatch.",
    },
  ],
};

/**
 * Every way to fail, by subject, in the order of the files of rules: first what their alerts tell of.
 *
 * @param files with the alerts that are off
 * @param settings those of alerts, with the reasons why some are off
 */
export function coverage(
  files: readonly RuleFile[],
  settings: Settings["alerts"] = {},
): readonly (readonly [string, readonly CoverageRow[]])[] {
  const subjects = new Set([...files.map(({ subject }) => subject), ...Object.keys(untold)]);
  return [...subjects].map((subject) => {
    const rules = alertsOf(files.filter((file) => file.subject === subject)).map(({ rule }) => rule);
    const rows = [...new Set(rules.map(({ alert }) => alert))].map((alert) => {
      const own = rules.filter((rule) => rule.alert === alert);
      const off = settings[alert]?.off;
      return {
        failure: silent[alert] ?? [...new Set(own.map(({ annotations }) => annotations.summary))].join(" "),
        ...(onlyHere.includes(alert) ? {} : { knownAs: renamed[alert] ?? alert }),
        ...(off === undefined
          ? { alert, severities: [...new Set(own.map(({ labels }) => labels.severity))] }
          : { reason: `${alert} is off: ${off}` }),
      };
    });
    return [subject, [...rows, ...(untold[subject] ?? [])]];
  });
}
