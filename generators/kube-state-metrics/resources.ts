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

type Resources = Readonly<Record<string, readonly string[]>>;

/** Those of them that the metrics of these names are of: `kube_pod_info` and `kube_resourcequota` are of pods and resourcequotas. */
export function resourcesOf(metrics: readonly string[]): Resources {
  const isRead = (resource: string) => {
    const own = `kube_${resource.replace(/s$/, "")}`;
    return metrics.some((metric) => metric === own || metric.startsWith(`${own}_`));
  };
  return Object.fromEntries(
    Object.entries(resources)
      .map(([group, names]): [string, string[]] => [group, names.filter(isRead)])
      .filter(([, names]) => names.length > 0),
  );
}

/** Value of the `--resources` flag. */
export function resourcesFlag(wanted: Resources = resources): string {
  return Object.values(wanted).flat().sort().join(",");
}

/** What watching exactly those resources takes. */
export function rules(wanted: Resources = resources): IPolicyRule[] {
  return Object.entries(wanted).map(([apiGroup, names]) => ({
    apiGroups: [apiGroup],
    resources: [...names],
    verbs: ["list", "watch"],
  }));
}
