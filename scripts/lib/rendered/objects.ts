import type { IDaemonSet } from "kubernetes-models/apps/v1/DaemonSet";
import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IStatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { ICronJob } from "kubernetes-models/batch/v1/CronJob";
import type { IJob } from "kubernetes-models/batch/v1/Job";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { IClusterRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole";
import type { IClusterRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding";
import type { IRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/Role";
import type { IRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding";
import type { IPriorityClass } from "kubernetes-models/scheduling.k8s.io/v1/PriorityClass";
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { INamespace } from "kubernetes-models/v1/Namespace";
import type { IPersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import type { IPod } from "kubernetes-models/v1/Pod";
import type { IService } from "kubernetes-models/v1/Service";
import type { IServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { Kustomization } from "../overlays.js";

interface Kinds {
  readonly "apps/v1/DaemonSet": IDaemonSet;
  readonly "apps/v1/Deployment": IDeployment;
  readonly "apps/v1/StatefulSet": IStatefulSet;
  readonly "batch/v1/CronJob": ICronJob;
  readonly "batch/v1/Job": IJob;
  readonly "networking.k8s.io/v1/NetworkPolicy": INetworkPolicy;
  readonly "policy/v1/PodDisruptionBudget": IPodDisruptionBudget;
  readonly "rbac.authorization.k8s.io/v1/ClusterRole": IClusterRole;
  readonly "rbac.authorization.k8s.io/v1/ClusterRoleBinding": IClusterRoleBinding;
  readonly "rbac.authorization.k8s.io/v1/Role": IRole;
  readonly "rbac.authorization.k8s.io/v1/RoleBinding": IRoleBinding;
  readonly "scheduling.k8s.io/v1/PriorityClass": IPriorityClass;
  readonly "v1/ConfigMap": IConfigMap;
  readonly "v1/Namespace": INamespace;
  readonly "v1/PersistentVolumeClaim": IPersistentVolumeClaim;
  readonly "v1/Pod": IPod;
  readonly "v1/Service": IService;
  readonly "v1/ServiceAccount": IServiceAccount;
}

/** What every rendered object has, of whatever kind. */
export interface RenderedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: NonNullable<INamespace["metadata"]> & { readonly name: string };
}

/** What one overlay gives. */
export interface Rendered {
  /** The overlay's folder, from the root of the project. */
  readonly overlay: string;
  /** What `kubectl kustomize` printed. */
  readonly text: string;
  readonly objects: readonly RenderedObject[];
  /** Everything that it was rendered from, the overlay's own first; absent for what no kustomization gave. */
  readonly kustomizations?: readonly Kustomization[];
  /** Value of `namespace:` in the overlay's kustomization.yaml. */
  readonly namespace?: string;
}

/**
 * The objects of one kind, typed. The type is a promise that only the schema check keeps: what reads further than
 * {@link RenderedObject} runs after it.
 */
export function ofKind<K extends keyof Kinds>(objects: readonly RenderedObject[], kind: K) {
  return objects.filter((object) => `${object.apiVersion}/${object.kind}` === kind) as (RenderedObject & Kinds[K])[];
}

/** How findings name an object: `Deployment monitoring/prometheus`, `ClusterRole plain-prometheus:prometheus`. */
export function nameOf({ kind, metadata: { name, namespace } }: RenderedObject): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** The object of a kind by its name, and its namespace unless it has none. */
export function find<K extends keyof Kinds>(
  objects: readonly RenderedObject[],
  kind: K,
  name: string,
  namespace: string | undefined,
) {
  return ofKind(objects, kind).find(
    ({ metadata }) => metadata.name === name && (metadata.namespace ?? undefined) === namespace,
  );
}
