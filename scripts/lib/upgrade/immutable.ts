import type { RenderedObject } from "../rendered/objects.js";
import type { FieldChange } from "./fields.js";

/** Fields of a kind that the API server never lets change. To change one, delete the object and make it anew. */
interface Immutable {
  /** `apiVersion/kind`. */
  readonly kind: string;
  /** Whether a change of that path, as {@link FieldChange} writes it, is refused. */
  readonly refuses: (path: string, object: RenderedObject) => boolean;
  /** What to type before the new version is applied. */
  readonly cure: (object: string) => string;
}

const within =
  (...fields: readonly string[]) =>
  (path: string) =>
    fields.some((field) => path === field || (path.startsWith(field) && /[.[]/.test(path.charAt(field.length))));

const remove = (object: string) => `kubectl delete ${object}`;
const removeKeepingPods = (object: string) => `kubectl delete ${object} --cascade=orphan`;

/** Of a StatefulSet's spec all but these are refused. */
const mutableOfStatefulSets = within(
  "spec.replicas",
  "spec.ordinals",
  "spec.template",
  "spec.updateStrategy",
  "spec.revisionHistoryLimit",
  "spec.persistentVolumeClaimRetentionPolicy",
  "spec.minReadySeconds",
);

/** Of a claim's spec all but these are refused. */
const mutableOfClaims = within("spec.resources", "spec.volumeAttributesClassName");

/**
 * What needs a delete, by kind. Source: the validation of updates in pkg/apis/<group>/validation of Kubernetes, and what the
 * API servers of the oldest and the newest supported version answered to each of these.
 */
export const immutable: readonly Immutable[] = [
  // Orphaned pods would go on beside the new ones, since the new selector does not find them.
  { kind: "apps/v1/Deployment", refuses: within("spec.selector"), cure: remove },
  { kind: "apps/v1/DaemonSet", refuses: within("spec.selector"), cure: remove },
  {
    kind: "apps/v1/StatefulSet",
    refuses: (path) => within("spec")(path) && !mutableOfStatefulSets(path),
    cure: removeKeepingPods,
  },
  {
    kind: "batch/v1/Job",
    refuses: within("spec.template", "spec.selector", "spec.completionMode", "spec.podFailurePolicy"),
    cure: remove,
  },
  {
    kind: "v1/Service",
    // An ExternalName has no address that could stay.
    refuses: (path, object) => within("spec.clusterIP", "spec.clusterIPs")(path) && typeOf(object) !== "ExternalName",
    cure: remove,
  },
  {
    kind: "v1/PersistentVolumeClaim",
    refuses: (path) => within("spec")(path) && !mutableOfClaims(path),
    cure: (object) => `copy what is in it, then: ${remove(object)}`,
  },
  { kind: "v1/ConfigMap", refuses: whereImmutable, cure: remove },
  {
    kind: "v1/Secret",
    refuses: (path, object) => path === "type" || whereImmutable(path, object),
    cure: remove,
  },
  { kind: "rbac.authorization.k8s.io/v1/RoleBinding", refuses: within("roleRef"), cure: remove },
  { kind: "rbac.authorization.k8s.io/v1/ClusterRoleBinding", refuses: within("roleRef"), cure: remove },
  {
    kind: "storage.k8s.io/v1/StorageClass",
    refuses: within("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"),
    cure: remove,
  },
  { kind: "scheduling.k8s.io/v1/PriorityClass", refuses: within("value", "preemptionPolicy"), cure: remove },
];

function typeOf(object: RenderedObject): string | undefined {
  return (object as { spec?: { type?: string } }).spec?.type;
}

function whereImmutable(path: string, object: RenderedObject): boolean {
  if (!("immutable" in object && object.immutable === true)) return false;
  return within("data", "binaryData", "stringData", "immutable")(path);
}

/** What the API server fills in for these fields. To write such a value out changes nothing. */
const defaults: Readonly<Record<string, string>> = {
  "spec.podManagementPolicy": "OrderedReady",
  "spec.volumeClaimTemplates[].apiVersion": "v1",
  "spec.volumeClaimTemplates[].kind": "PersistentVolumeClaim",
  "spec.volumeClaimTemplates[].spec.volumeMode": "Filesystem",
  "spec.volumeMode": "Filesystem",
  "spec.completionMode": "NonIndexed",
  reclaimPolicy: "Delete",
  volumeBindingMode: "Immediate",
  preemptionPolicy: "PreemptLowerPriority",
};

function isChange({ path, old, new: now }: FieldChange): boolean {
  const usual = defaults[path.replace(/\[\d+\]/g, "[]")];
  return usual === undefined || (old ?? usual) !== (now ?? usual);
}

/** Those of an object's changed fields that the API server refuses, and what to do; undefined when it takes them all. */
export function refusedOf(
  old: RenderedObject,
  fields: readonly FieldChange[],
): { readonly fields: readonly string[]; readonly cure: string } | undefined {
  const known = immutable.find(({ kind }) => kind === `${old.apiVersion}/${old.kind}`);
  const refused = fields.filter((field) => isChange(field) && known?.refuses(field.path, old)).map(({ path }) => path);
  if (known === undefined || refused.length === 0) return undefined;
  const { name, namespace } = old.metadata;
  const where = namespace === undefined ? "" : `-n ${namespace} `;
  return { fields: refused, cure: known.cure(`${where}${old.kind.toLowerCase()}/${name}`) };
}
