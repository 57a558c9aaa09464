import type { IPolicyRule } from "kubernetes-models/rbac.authorization.k8s.io/v1/PolicyRule";
import type { ScrapeConfig } from "../../metrics/scrape-job.js";

/** Where a permission has to hold: everywhere, in the bundle's own namespace, or in one that a job names. */
export type Scope = "cluster" | "own namespace" | { readonly namespace: string };

/** One permission that a job needs. */
export interface Grant {
  readonly scope: Scope;
  readonly rule: IPolicyRule;
}

/** Discovery in Kubernetes as anybody may write it: each of the bundle's is one. */
export interface Discovery {
  readonly role: string;
  /** Absent: that of the cluster which Prometheus runs in. */
  readonly api_server?: string;
  readonly kubeconfig_file?: string;
  readonly namespaces?: { readonly own_namespace?: boolean; readonly names?: readonly string[] };
  readonly selectors?: readonly { readonly role: string; readonly label?: string; readonly field?: string }[];
  readonly attach_metadata?: Readonly<Partial<Record<keyof typeof attached, boolean>>>;
}

interface Listed {
  readonly apiGroup: string;
  readonly resource: string;
  readonly role: string;
}

/** What discovery lists and watches, by role. Source: discovery/kubernetes/kubernetes.go of Prometheus. */
const listed: Readonly<Record<string, readonly Listed[]>> = {
  node: [{ apiGroup: "", resource: "nodes", role: "node" }],
  ingress: [{ apiGroup: "networking.k8s.io", resource: "ingresses", role: "ingress" }],
  endpoints: [
    { apiGroup: "", resource: "endpoints", role: "endpoints" },
    { apiGroup: "", resource: "services", role: "service" },
    { apiGroup: "", resource: "pods", role: "pod" },
  ],
  pod: [{ apiGroup: "", resource: "pods", role: "pod" }],
  service: [{ apiGroup: "", resource: "services", role: "service" }],
  endpointslice: [
    { apiGroup: "discovery.k8s.io", resource: "endpointslices", role: "endpointslice" },
    { apiGroup: "", resource: "services", role: "service" },
    { apiGroup: "", resource: "pods", role: "pod" },
  ],
};

/** What it lists and watches besides, to attach it to the targets. Nodes and namespaces are in no namespace. */
const attached = {
  node: { apiGroup: "", resource: "nodes", everywhere: true },
  namespace: { apiGroup: "", resource: "namespaces", everywhere: true },
  deployment: { apiGroup: "apps", resource: "replicasets", everywhere: false },
  job: { apiGroup: "batch", resource: "jobs", everywhere: false },
  cronjob: { apiGroup: "batch", resource: "jobs", everywhere: false },
} as const;

/**
 * The permissions that one scrape config needs: to find its targets, and to be answered by them.
 * Discovery never gets a single object, so `list` and `watch` are all it asks for.
 */
export function accessOf(config: ScrapeConfig): Grant[] {
  return [...(config.kubernetes_sd_configs ?? []).flatMap(discoveryOf), ...answersTo(config)];
}

/** The permissions that one scrape config needs to be answered by its targets, however it finds them. */
export function answersTo(config: ScrapeConfig): Grant[] {
  if (config.authorization === undefined) return [];
  return [proxiedService(config.metrics_path) ?? { scope: "cluster", rule: answered(config) }];
}

/** A Service behind the API server's proxy: the API server authorizes the name as it stands in the path. */
function proxiedService(path = ""): Grant | undefined {
  const [, namespace, name] = /\/api\/v1\/namespaces\/([^/]+)\/services\/([^/]+)\/proxy\//.exec(path) ?? [];
  if (namespace === undefined || name === undefined) return undefined;
  return {
    scope: { namespace },
    rule: { apiGroups: [""], resources: ["services/proxy"], resourceNames: [name], verbs: ["get"] },
  };
}

/** What the target asks the API server about, before it answers. */
function answered({ kubernetes_sd_configs = [], relabel_configs = [], metrics_path = "/metrics" }: ScrapeConfig) {
  // Discovery finds the kubelet's port; with another one it is something else on the node that answers.
  const elsewhere = relabel_configs.some((step) => "target_label" in step && step.target_label === "__address__");
  if (!elsewhere && kubernetes_sd_configs.some(({ role }) => role === "node")) {
    // The kubelet asks about `nodes/metrics` for every path below /metrics; others ask about the path.
    return { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] };
  }
  // An aggregated API: the API server reads group, resource, name and subresource off the path.
  const [, apiGroup, resource, name, subresource] = aggregated.exec(metrics_path) ?? [];
  if (apiGroup === undefined || name === undefined) return { nonResourceURLs: [metrics_path], verbs: ["get"] };
  return { apiGroups: [apiGroup], resources: [`${resource}/${subresource}`], resourceNames: [name], verbs: ["get"] };
}

const aggregated = /^\/apis\/([^/]+)\/[^/]+\/([^/]+)\/([^/]+)\/([^/]+)$/;

/** Whether it looks for targets in the cluster that Prometheus runs in. */
export function isAtHome({ api_server, kubeconfig_file }: Discovery): boolean {
  return api_server === undefined && kubeconfig_file === undefined;
}

/** The permissions to find targets. */
export function discoveryOf(discovery: Discovery): Grant[] {
  return [...foundBy(discovery), ...attachedTo(discovery)];
}

function attachedTo(discovery: Discovery): Grant[] {
  return Object.entries(discovery.attach_metadata ?? {}).flatMap(([kind, wanted]) => {
    const found = attached[kind as keyof typeof attached];
    if (!wanted || found === undefined) return [];
    const rule = { apiGroups: [found.apiGroup], resources: [found.resource], verbs: ["list", "watch"] };
    const scopes: readonly Scope[] = found.everywhere ? ["cluster"] : scopesOf(discovery);
    return scopes.map((scope) => ({ scope, rule }));
  });
}

function foundBy(discovery: Discovery): Grant[] {
  return (listed[discovery.role] ?? []).flatMap(({ apiGroup, resource, role }) => {
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

function scopesOf({ role, namespaces: { own_namespace = false, names = [] } = {} }: Discovery): Scope[] {
  if (role === "node" || (!own_namespace && names.length === 0)) return ["cluster"];
  return [...names.map((namespace) => ({ namespace })), ...(own_namespace ? (["own namespace"] as const) : [])];
}

function nameSelected({ selectors = [] }: Discovery, role: string): string | undefined {
  const selector = selectors.find((candidate) => candidate.role === role);
  return /^metadata\.name=([^,]+)$/.exec(selector?.field ?? "")?.[1];
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

/** A rule as several, each about one resource or one path. */
export function single(rule: IPolicyRule): IPolicyRule[] {
  const resources = (rule.resources ?? []).map((resource) => ({ ...rule, resources: [resource] }));
  const paths = (rule.nonResourceURLs ?? []).map((path) => ({ ...rule, nonResourceURLs: [path] }));
  return [...resources, ...paths];
}
