import type { RenderedObject } from "../../../scripts/lib/rendered/objects.js";

/** One change of an object, and whether an API server refuses it. */
export interface Change {
  readonly what: string;
  readonly old: RenderedObject;
  readonly now: RenderedObject;
  readonly refused: boolean;
}

const namespace = "upgrades";

function changesOf(
  apiVersion: string,
  kind: string,
  fields: object,
  refused: Readonly<Record<string, object>>,
  taken: Readonly<Record<string, object>> = {},
): Change[] {
  const name = `c-${kind.toLowerCase()}`;
  const scoped = ["ClusterRoleBinding", "StorageClass", "PriorityClass"].includes(kind) ? {} : { namespace };
  const change =
    (isRefused: boolean) =>
    ([what, now]: [string, object], index: number) => {
      // A name of its own for each, so that none finds what another left.
      const metadata = { ...scoped, name: `${name}-${isRefused ? "refused" : "taken"}-${index}` };
      return {
        what: `${kind}: ${what}`,
        old: { apiVersion, kind, metadata, ...fields },
        now: { apiVersion, kind, metadata, ...fields, ...now },
        refused: isRefused,
      };
    };
  return [...Object.entries(refused).map(change(true)), ...Object.entries(taken).map(change(false))];
}

const labels = { app: "a" };
const pod = (image: string, pods: object = labels, more: object = {}) => ({
  metadata: { labels: pods },
  spec: { containers: [{ name: "c", image }], ...more },
});
const selector = { matchLabels: labels };
const more = { app: "a", more: "b" };
const workload = { selector, template: pod("a:1") };
const claim = (storage: string) => ({
  metadata: { name: "data" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
});
const writtenOut = {
  ...claim("1Gi"),
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  spec: { ...claim("1Gi").spec, volumeMode: "Filesystem" },
};
const stateful = { ...workload, serviceName: "a", volumeClaimTemplates: [claim("1Gi")] };
const once = { restartPolicy: "Never" };
const job = { template: pod("a:1", labels, once) };
const ports = [{ port: 80 }];
const role = (name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name });
const bound = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, storageClassName: "a" };

/** Changes of every kind that the upgrade report knows of, those that are taken beside those that are refused. */
export const changes: readonly Change[] = [
  ...["Deployment", "DaemonSet"].flatMap((kind) =>
    changesOf(
      "apps/v1",
      kind,
      { spec: workload },
      { selector: { spec: { selector: { matchLabels: more }, template: pod("a:1", more) } } },
      { template: { spec: { ...workload, template: pod("a:2") } } },
    ),
  ),
  ...changesOf(
    "apps/v1",
    "StatefulSet",
    { spec: stateful },
    {
      serviceName: { spec: { ...stateful, serviceName: "b" } },
      podManagementPolicy: { spec: { ...stateful, podManagementPolicy: "Parallel" } },
      "size of a volume": { spec: { ...stateful, volumeClaimTemplates: [claim("2Gi")] } },
      selector: { spec: { ...stateful, selector: { matchLabels: more }, template: pod("a:1", more) } },
    },
    {
      template: { spec: { ...stateful, template: pod("a:2") } },
      replicas: { spec: { ...stateful, replicas: 3 } },
      minReadySeconds: { spec: { ...stateful, minReadySeconds: 30 } },
      updateStrategy: { spec: { ...stateful, updateStrategy: { rollingUpdate: { partition: 1 } } } },
      revisionHistoryLimit: { spec: { ...stateful, revisionHistoryLimit: 3 } },
      ordinals: { spec: { ...stateful, ordinals: { start: 1 } } },
      "what it would be anyway": { spec: { ...stateful, podManagementPolicy: "OrderedReady" } },
      "what a claim is anyway": { spec: { ...stateful, volumeClaimTemplates: [writtenOut] } },
      retention: { spec: { ...stateful, persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" } } },
    },
  ),
  ...changesOf(
    "batch/v1",
    "Job",
    { spec: job },
    {
      template: { spec: { template: pod("a:2", labels, once) } },
      completionMode: { spec: { ...job, completionMode: "Indexed", completions: 1 } },
    },
    {
      ttl: { spec: { ...job, ttlSecondsAfterFinished: 60 } },
      "what it would be anyway": { spec: { ...job, completionMode: "NonIndexed" } },
    },
  ),
  ...changesOf(
    "v1",
    "Service",
    { spec: { ports } },
    { "clusterIP to headless": { spec: { ports, clusterIP: "None" } } },
    { ports: { spec: { ports: [{ port: 81 }] } }, type: { spec: { ports, type: "NodePort" } } },
  ),
  ...changesOf(
    "v1",
    "PersistentVolumeClaim",
    { spec: bound },
    {
      storageClassName: { spec: { ...bound, storageClassName: "b" } },
      accessModes: { spec: { ...bound, accessModes: ["ReadWriteMany"] } },
    },
    { "what it would be anyway": { spec: { ...bound, volumeMode: "Filesystem" } } },
  ),
  ...changesOf("v1", "ConfigMap", { immutable: true, data: { a: "1" } }, { data: { data: { a: "2" } } }),
  ...changesOf("v1", "ConfigMap", { data: { b: "1" } }, {}, { data: { data: { b: "2" } } }),
  ...changesOf("v1", "Secret", { type: "a.example/a", stringData: { a: "1" } }, { type: { type: "a.example/b" } }),
  ...changesOf(
    "rbac.authorization.k8s.io/v1",
    "RoleBinding",
    { roleRef: role("a"), subjects: [] },
    { roleRef: { roleRef: role("b") } },
    { subjects: { subjects: [{ kind: "ServiceAccount", name: "a", namespace }] } },
  ),
  ...changesOf(
    "rbac.authorization.k8s.io/v1",
    "ClusterRoleBinding",
    { roleRef: role("a"), subjects: [] },
    { roleRef: { roleRef: role("b") } },
  ),
  ...changesOf(
    "storage.k8s.io/v1",
    "StorageClass",
    { provisioner: "a.example/a", parameters: { a: "1" } },
    {
      provisioner: { provisioner: "a.example/b" },
      parameters: { parameters: { a: "2" } },
      reclaimPolicy: { reclaimPolicy: "Retain" },
      volumeBindingMode: { volumeBindingMode: "WaitForFirstConsumer" },
    },
    {
      allowVolumeExpansion: { allowVolumeExpansion: true },
      "what it would be anyway": { reclaimPolicy: "Delete", volumeBindingMode: "Immediate" },
    },
  ),
  ...changesOf(
    "scheduling.k8s.io/v1",
    "PriorityClass",
    { value: 1 },
    { value: { value: 2 }, preemptionPolicy: { preemptionPolicy: "Never" } },
    { description: { description: "new" }, "what it would be anyway": { preemptionPolicy: "PreemptLowerPriority" } },
  ),
];

/** Where the changed objects live. */
export const changesNamespace: RenderedObject = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
