import type { IPolicyRule } from "kubernetes-models/rbac.authorization.k8s.io/v1/PolicyRule";

/**
 * The objects that kube-state-metrics turns into series, by API group. Both its `--resources` flag and its ClusterRole
 * come from here.
 */
export const resources = {
  "": ["namespaces", "nodes", "persistentvolumeclaims", "persistentvolumes", "pods", "resourcequotas", "services"],
  apps: ["daemonsets", "deployments", "replicasets", "statefulsets"],
  autoscaling: ["horizontalpodautoscalers"],
  batch: ["cronjobs", "jobs"],
  policy: ["poddisruptionbudgets"],
} as const satisfies Record<string, readonly string[]>;

/** Value of the `--resources` flag. */
export function resourcesFlag(): string {
  return Object.values(resources).flat().sort().join(",");
}

/** What watching exactly those resources takes. */
export function rules(): IPolicyRule[] {
  return Object.entries(resources).map(([apiGroup, names]) => ({
    apiGroups: [apiGroup],
    resources: [...names],
    verbs: ["list", "watch"],
  }));
}
