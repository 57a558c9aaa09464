import type { IPolicyRule } from "kubernetes-models/rbac.authorization.k8s.io/v1/PolicyRule";
import type { KubernetesRole, KubernetesSdConfig, ScrapeConfig } from "../prometheus/types.js";

/** Where a permission has to hold: everywhere, in the bundle's own namespace, or in one that a job names. */
export type Scope = "cluster" | "own namespace" | { readonly namespace: string };

/** One permission that a job needs. */
export interface Grant {
  readonly scope: Scope;
  readonly rule: IPolicyRule;
}

/** What discovery lists and watches, by role. Source: discovery/kubernetes/kubernetes.go of Prometheus. */
const listed: Record<KubernetesRole, readonly { apiGroup: string; resource: string; role: KubernetesRole }[]> = {
  node: [{ apiGroup: "", resource: "nodes", role: "node" }],
  pod: [{ apiGroup: "", resource: "pods", role: "pod" }],
  service: [{ apiGroup: "", resource: "services", role: "service" }],
  endpointslice: [
    { apiGroup: "discovery.k8s.io", resource: "endpointslices", role: "endpointslice" },
    { apiGroup: "", resource: "services", role: "service" },
    { apiGroup: "", resource: "pods", role: "pod" },
  ],
};

/**
 * The permissions that one scrape config needs: to find its targets, and to be answered by them.
 * Discovery never gets a single object, so `list` and `watch` are all it asks for.
 */
export function accessOf(config: ScrapeConfig): Grant[] {
  const discoveries = config.kubernetes_sd_configs ?? [];
  const grants = discoveries.flatMap(discoveryOf);
  if (config.authorization === undefined) return grants;
  const scrapesNodes = discoveries.some(({ role }) => role === "node");
  return [
    ...grants,
    {
      scope: "cluster",
      // The kubelet asks the API server about `nodes/metrics` for every path below /metrics; others ask about the path.
      rule: scrapesNodes
        ? { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] }
        : { nonResourceURLs: [config.metrics_path ?? "/metrics"], verbs: ["get"] },
    },
  ];
}

function discoveryOf(discovery: KubernetesSdConfig): Grant[] {
  return listed[discovery.role].flatMap(({ apiGroup, resource, role }) => {
    const name = nameSelected(discovery, role);
    const rule: IPolicyRule = {
      apiGroups: [apiGroup],
      resources: [resource],
      // The API server reads the name off the field selector, so a permission for that name alone is enough.
      ...(name !== undefined && { resourceNames: [name] }),
      verbs: ["list", "watch"],
    };
    return scopesOf(discovery).map((scope) => ({ scope, rule }));
  });
}

function scopesOf({ role, namespaces }: KubernetesSdConfig): Scope[] {
  if (role === "node" || namespaces === undefined) return ["cluster"];
  return "names" in namespaces ? namespaces.names.map((namespace) => ({ namespace })) : ["own namespace"];
}

function nameSelected({ selectors = [] }: KubernetesSdConfig, role: KubernetesRole): string | undefined {
  const field = selectors.find((selector) => selector.role === role)?.field;
  return field === undefined ? undefined : /^metadata\.name=([^,]+)$/.exec(field)?.[1];
}

/** The smallest list of rules that covers the grants: equal but for their resources or paths, rules become one. */
export function sum(grants: readonly Grant[]): IPolicyRule[] {
  const merged = new Map<string, IPolicyRule>();
  for (const { rule } of grants) {
    const { apiGroups, resources, resourceNames, nonResourceURLs, verbs } = rule;
    const key = JSON.stringify([apiGroups, resourceNames, verbs]);
    const before = merged.get(key);
    merged.set(key, {
      ...(apiGroups && { apiGroups }),
      ...(resources && { resources: union(before?.resources, resources) }),
      ...(resourceNames && { resourceNames }),
      ...(nonResourceURLs && { nonResourceURLs: union(before?.nonResourceURLs, nonResourceURLs) }),
      verbs,
    });
  }
  return [...merged.values()];
}

function union(before: readonly string[] = [], more: readonly string[]): string[] {
  return [...new Set([...before, ...more])];
}
