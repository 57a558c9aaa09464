/**
 * Name of an object outside any namespace. The prefix keeps it apart from the ClusterRole `kube-state-metrics` or
 * `prometheus` of another installation in the same cluster, which `kubectl apply` would otherwise take over in silence.
 */
export function clusterScopedName(name: string): string {
  return `plain-prometheus:${name}`;
}
