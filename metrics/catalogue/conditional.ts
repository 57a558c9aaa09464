import type { ConditionalMetric, JobCatalogue, Metric } from "./types.js";

const coredns = "https://github.com/coredns/coredns/blob/v1.15.0";
const kubernetes = "https://github.com/kubernetes/kubernetes/blob/v1.37.2";
const kubeStateMetrics = "https://github.com/kubernetes/kube-state-metrics/blob/v2.20.0/internal/store";
const nodeExporter = "https://github.com/prometheus/node_exporter/blob/v1.12.1/collector";
const thanos = "https://github.com/thanos-io/thanos/blob/v0.42.4";
const prometheus = "https://github.com/prometheus/prometheus/blob/v3.16.0";

/** Metrics that one job exposes under one condition, with their types and labels. */
function under(
  job: string,
  reason: string,
  source: string,
  metrics: Readonly<Record<string, Pick<ConditionalMetric, "type" | "labels">>>,
): readonly ConditionalMetric[] {
  return Object.entries(metrics).map(([metric, form]) => ({ job, reason, source, metric, ...form }));
}

const waitingReasons = (
  "ContainerCreating CrashLoopBackOff CreateContainerConfigError CreateContainerError ErrImageNeverPull " +
  "ErrImagePull ImageInspectError ImagePullBackOff InvalidImageName PodInitializing PostStartHookError " +
  "PreStartHookError RegistryUnavailable RunContainerError SignatureValidationFailed"
).split(" ");

const grpcCodes = (
  "OK Canceled Unknown InvalidArgument DeadlineExceeded NotFound AlreadyExists PermissionDenied ResourceExhausted " +
  "FailedPrecondition Aborted OutOfRange Unimplemented Internal Unavailable DataLoss Unauthenticated"
).split(" ");

const ofRequest = { remote_name: null, url: null };

/** Jobs of which nothing is recorded, and why. A rule or a panel that reads one of them declares its metrics below. */
export const notRecorded: ReadonlyMap<string, string> = new Map([
  ["grafana", "its image is not built from source, so that a cluster without a registry has no Grafana to ask"],
]);

/** What is not in the recordings, and why it is all the same there when it matters. */
export const conditional: readonly ConditionalMetric[] = [
  ...under("thanos-compact", "an object store with blocks", `${thanos}/pkg/compact/compact.go`, {
    thanos_compact_group_compactions_total: { type: "counter", labels: { resolution: null } },
    thanos_compact_group_compactions_failures_total: { type: "counter", labels: { resolution: null } },
  }),
  ...under("thanos-compact", "an object store with blocks", `${thanos}/cmd/thanos/downsample.go`, {
    thanos_compact_downsample_failures_total: { type: "counter", labels: { resolution: null } },
  }),
  ...["thanos-query", "thanos-query-frontend"].flatMap((job) =>
    under(job, "requests that fail", `${thanos}/pkg/extprom/http/instrument_server.go`, {
      http_requests_total: { type: "counter", labels: { code: ["400", "404", "422", "500", "502", "503", "504"] } },
    }),
  ),
  ...under("thanos-query", "requests that fail", "https://github.com/grpc/grpc-go/blob/v1.81.1/codes/code_string.go", {
    grpc_client_handled_total: { type: "counter", labels: { grpc_code: grpcCodes } },
  }),
  ...under("node-exporter", "kernels since 4.18 with huge pages", `${nodeExporter}/meminfo_linux.go`, {
    node_memory_Hugetlb_bytes: { type: "gauge", labels: {} },
  }),
  ...under("node-exporter", "nodes with Linux software RAID", `${nodeExporter}/mdadm_linux.go`, {
    node_md_disks: { type: "gauge", labels: { device: null, state: ["active", "failed", "spare"] } },
    node_md_disks_required: { type: "gauge", labels: { device: null } },
  }),
  ...under(
    "kube-state-metrics-telemetry",
    "attempts that fail; and lists at all only where the API server does not stream them as a watch",
    "https://github.com/kubernetes/kube-state-metrics/blob/v2.20.0/pkg/watch/watch.go",
    {
      kube_state_metrics_list_total: { type: "counter", labels: { resource: null, result: ["error", "success"] } },
      kube_state_metrics_watch_total: { type: "counter", labels: { resource: null, result: ["error"] } },
    },
  ),
  ...under(
    "node-exporter",
    "filesystems that cannot be read: the label has the error, and is empty where there is none",
    `${nodeExporter}/filesystem_common.go`,
    { node_filesystem_device_error: { type: "gauge", labels: { device_error: null } } },
  ),
  ...under(
    "alertmanager",
    "a configuration with receivers that tell somebody: base/ tells nobody",
    "https://github.com/prometheus/alertmanager/blob/v0.34.2/notify/metrics.go",
    {
      alertmanager_notifications_total: { type: "counter", labels: { receiver_name: null } },
      alertmanager_notifications_failed_total: { type: "counter", labels: { receiver_name: null } },
    },
  ),
  ...under("node-exporter", "nodes with bonded interfaces", `${nodeExporter}/bonding_linux.go`, {
    node_bonding_slaves: { type: "gauge", labels: { master: null } },
    node_bonding_active: { type: "gauge", labels: { master: null } },
  }),
  ...under(
    "prometheus",
    "a Prometheus that sends its samples on, as components/remote-write has it",
    `${prometheus}/storage/remote/queue_manager.go`,
    {
      prometheus_remote_storage_histograms_total: { type: "counter", labels: ofRequest },
      prometheus_remote_storage_queue_highest_sent_timestamp_seconds: { type: "gauge", labels: ofRequest },
      prometheus_remote_storage_samples_dropped_total: { type: "counter", labels: { ...ofRequest, reason: null } },
      prometheus_remote_storage_samples_failed_total: { type: "counter", labels: ofRequest },
      prometheus_remote_storage_samples_pending: { type: "gauge", labels: ofRequest },
      prometheus_remote_storage_samples_retried_total: { type: "counter", labels: ofRequest },
      prometheus_remote_storage_samples_total: { type: "counter", labels: ofRequest },
      prometheus_remote_storage_shards: { type: "gauge", labels: ofRequest },
      prometheus_remote_storage_shards_desired: { type: "gauge", labels: ofRequest },
      prometheus_remote_storage_shards_max: { type: "gauge", labels: ofRequest },
    },
  ),
  ...under(
    "prometheus",
    "discovery that asks at intervals (DNS, HTTP, a cloud), which an environment may add; Kubernetes pushes",
    `${prometheus}/discovery/metrics_refresh.go`,
    { prometheus_sd_refresh_failures_total: { type: "counter", labels: { mechanism: null, config: null } } },
  ),
  ...under("kubelet", "kubelets that rotate their client certificate", `${kubernetes}/cmd/kubelet/app/server.go`, {
    kubelet_certificate_manager_client_ttl_seconds: { type: "gauge", labels: {} },
    kubelet_certificate_manager_client_expiration_renew_errors: { type: "counter", labels: {} },
  }),
  ...under("kubelet", "kubelets with serverTLSBootstrap", `${kubernetes}/pkg/kubelet/certificate/kubelet.go`, {
    kubelet_certificate_manager_server_ttl_seconds: { type: "gauge", labels: {} },
    kubelet_server_expiration_renew_errors: { type: "counter", labels: {} },
  }),
  ...under(
    "kubelet",
    "nodes that had to evict a pod since their kubelet started",
    `${kubernetes}/pkg/kubelet/metrics/metrics.go`,
    { kubelet_evictions: { type: "counter", labels: { eviction_signal: null } } },
  ),
  ...["kubelet", "kubernetes-apiservers", "kube-scheduler", "kube-controller-manager", "kube-proxy"].flatMap((job) =>
    under(job, "requests that fail", `${kubernetes}/staging/src/k8s.io/client-go/rest/request.go`, {
      rest_client_requests_total: { type: "counter", labels: { code: ["<error>", "500", "502", "503", "504"] } },
    }),
  ),
  ...under(
    "kubernetes-apiservers",
    "requests that fail, and that the API server ends in self-defence",
    `${kubernetes}/staging/src/k8s.io/apiserver/pkg/endpoints/metrics/metrics.go`,
    {
      apiserver_request_total: { type: "counter", labels: { code: ["0", "429", "500", "502", "503", "504"] } },
      apiserver_request_terminations_total: {
        type: "counter",
        labels: {
          ...{ verb: null, group: null, version: null, resource: null, subresource: null },
          ...{ scope: null, component: null, code: null },
        },
      },
    },
  ),
  ...under(
    "kubernetes-apiservers",
    "an aggregated API that was unavailable since the API server started",
    `${kubernetes}/staging/src/k8s.io/kube-aggregator/pkg/controllers/status/metrics/metrics.go`,
    { aggregator_unavailable_apiservice_total: { type: "counter", labels: { name: null, reason: null } } },
  ),
  ...under(
    "coredns",
    "a Corefile that forwards what is not of the cluster",
    `${coredns}/plugin/forward/metrics.go, and plugin/pkg/proxy/metrics.go beside it`,
    {
      coredns_forward_healthcheck_broken_total: { type: "counter", labels: {} },
      coredns_proxy_request_duration_seconds: {
        type: "histogram",
        labels: { le: null, proxy_name: ["forward"], rcode: null, to: null },
      },
    },
  ),
  ...under(
    "etcd",
    "more than one member",
    "https://github.com/etcd-io/etcd/blob/v3.7.3/server/etcdserver/api/rafthttp/metrics.go",
    { etcd_network_peer_round_trip_time_seconds: { type: "histogram", labels: { le: null, To: null } } },
  ),
  ...under(
    "kube-state-metrics",
    "containers that cannot start, for one of the reasons that the kubelet has",
    `${kubernetes}/pkg/kubelet/images/types.go, and pkg/kubelet/kuberuntime/kuberuntime_container.go beside it`,
    {
      kube_pod_container_status_waiting_reason: { type: "gauge", labels: { reason: waitingReasons } },
      kube_pod_init_container_status_waiting_reason: { type: "gauge", labels: { reason: waitingReasons } },
    },
  ),
  ...under(
    "kube-state-metrics",
    "containers that ran out of memory",
    "https://github.com/containerd/containerd/blob/v2.4.2/internal/cri/server/events.go",
    {
      kube_pod_container_status_last_terminated_reason: { type: "gauge", labels: { reason: ["OOMKilled"] } },
      kube_pod_container_status_terminated_reason: { type: "gauge", labels: { reason: ["OOMKilled"] } },
      kube_pod_init_container_status_last_terminated_reason: { type: "gauge", labels: { reason: ["OOMKilled"] } },
      kube_pod_init_container_status_terminated_reason: { type: "gauge", labels: { reason: ["OOMKilled"] } },
    },
  ),
  ...under("kube-state-metrics", "nodes with taints", `${kubeStateMetrics}/node.go`, {
    kube_node_spec_taint: {
      type: "gauge",
      labels: { node: null, key: null, value: null, effect: ["NoExecute", "NoSchedule", "PreferNoSchedule"] },
    },
  }),
  ...under(
    "kube-state-metrics",
    "CronJobs that do not run twice at a time",
    `${kubernetes}/staging/src/k8s.io/api/batch/v1/types.go`,
    { kube_cronjob_info: { type: "gauge", labels: { concurrency_policy: ["Forbid", "Replace"] } } },
  ),
  ...under(
    "kube-state-metrics",
    "claims that are left out of alerts by their label",
    `${kubeStateMetrics}/persistentvolumeclaim.go`,
    {
      kube_persistentvolumeclaim_labels: {
        type: "gauge",
        labels: { namespace: null, persistentvolumeclaim: null, label_excluded_from_alerts: null },
      },
    },
  ),
  ...under(
    "kube-state-metrics",
    "volumes that several pods may use, or one alone",
    `${kubernetes}/staging/src/k8s.io/api/core/v1/types.go`,
    {
      kube_persistentvolumeclaim_access_mode: {
        type: "gauge",
        labels: { access_mode: ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"] },
      },
    },
  ),
  ...under(
    "kube-state-metrics",
    "autoscalers that would scale further than they may",
    `${kubernetes}/staging/src/k8s.io/api/autoscaling/v2/types.go`,
    { kube_horizontalpodautoscaler_status_condition: { type: "gauge", labels: { condition: ["ScalingLimited"] } } },
  ),
  ...under(
    "kube-state-metrics",
    "pods that were evicted, refused by their node, or ended by the platform",
    `${kubeStateMetrics}/pod.go`,
    {
      kube_pod_status_reason: {
        type: "gauge",
        labels: {
          ...{ namespace: null, pod: null, uid: null },
          reason: [
            ...["Evicted", "NodeAffinity", "NodeLost", "Other", "PreemptionByScheduler", "SchedulingGated", "Shutdown"],
            ...["TerminationByKubelet", "UnexpectedAdmissionError"],
          ],
        },
      },
    },
  ),
];

/**
 * What a job exposes at one time or another: its recording, and what is declared beside it. Declared values and labels of
 * a recorded metric are added to its own; a label that only the declaration knows is not always there.
 *
 * @throws Error when a declaration and the recording disagree on a metric's type.
 */
export function withConditional(
  job: string,
  recorded: JobCatalogue,
  declared: readonly ConditionalMetric[] = conditional,
): JobCatalogue {
  const more: Record<string, Metric> = {};
  for (const one of declared.filter((candidate) => candidate.job === job)) {
    const known = more[one.metric] ?? recorded[one.metric];
    if (known !== undefined && known.type !== one.type) {
      throw new Error(`${one.metric} of job ${job} is declared a ${one.type}, and was recorded as a ${known.type}`);
    }
    more[one.metric] = known === undefined ? declaredMetric(one) : extended(known, one);
  }
  return { ...recorded, ...more };
}

function declaredMetric({ type, labels, reason }: ConditionalMetric): Metric {
  return { type, unit: "", help: reason, labels };
}

function extended(known: Metric, { labels }: ConditionalMetric): Metric {
  const added = Object.entries(labels).map(([label, values]) => {
    const before = known.labels[label];
    const both = values === null || before === null ? null : [...new Set([...(before ?? []), ...values])];
    return [label, both] as const;
  });
  const unseen = Object.keys(labels).filter((label) => !(label in known.labels));
  return {
    ...known,
    labels: { ...known.labels, ...Object.fromEntries(added) },
    optional: [...(known.optional ?? []), ...unseen],
  };
}
