import { isIP } from "node:net";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { INetworkPolicyPeer } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer";
import { nodeAgents } from "../../../generators/components/agent-on-nodes.js";
import { isAtHome } from "../../../generators/derive/access.js";
import { namedTargets, namespaceOf, ownJob } from "../../../generators/derive/own-jobs.js";
import { hostAndPort } from "../address.js";
import { type Connection, connectionsOf } from "../rendered/connections.js";
import { nodeAddress, type RenderedCluster } from "../rendered/discovery.js";
import { selects } from "../rendered/label-selector.js";
import { type Endpoint, refusal } from "../rendered/network-policy.js";
import { find, nameOf, type Rendered, type RenderedObject } from "../rendered/objects.js";
import { type ClientConfig, prometheusesOf, runs } from "../rendered/prometheus.js";
import { sourceOf } from "../rendered/source.js";
import type { Workload } from "../rendered/workloads.js";
import type { Check, Finding } from "./check.js";
import { prometheusConfig } from "./prometheus/config.js";

type Policy = RenderedObject & INetworkPolicy;

/** Where the overlay has NetworkPolicies, they let through what its texts ask, and name pods and ports that are there. */
export const letThrough: Check = {
  name: "network policies",
  after: [prometheusConfig],
  run: async (rendered) => {
    const policies = rendered.objects.filter(({ kind }) => kind === "NetworkPolicy") as Policy[];
    if (policies.length === 0) return [];
    const { connections, cluster } = connectionsOf(rendered);
    const refused = connections.flatMap((connection) => [
      ...(refusedAt(connection, policies, rendered) ?? []),
      ...unresolved(connection, policies, rendered),
    ]);
    return [...refused, ...policies.flatMap((policy) => pointless(policy, policies, cluster))];
  },
  unlooked: async (rendered) => {
    if (!rendered.objects.some(({ kind }) => kind === "NetworkPolicy")) return [];
    const { cluster, connections } = connectionsOf(rendered);
    const ways = prometheusesOf(rendered).flatMap(({ clients }) =>
      clients.flatMap(({ who, file, config }) => {
        const source = sourceOf(rendered, file);
        return source?.isGenerated || config.job_name === undefined
          ? []
          : unknownWays(config, cluster).map((what) => `${who} in ${source?.path ?? file.key} ${what}`);
      }),
    );
    // What other texts than jobs ask in another namespace: an endpoint, another cluster's Querier.
    const services = connections.flatMap(({ who, to, address, client }) =>
      client === undefined && address !== undefined && typeof to === "object" && "namespace" in to
        ? `${who} ${asksService(address.text)}`
        : [],
    );
    return [...ways, ...new Set(services)];
  },
};

/** Means of discovery whose targets {@link connectionsOf} knows. */
const known = ["kubernetes_sd_configs", "dns_sd_configs", "file_sd_configs"];

/** Targets of a job that cannot be compared with a policy here. */
function unknownWays(config: ClientConfig, cluster: RenderedCluster): string[] {
  const means = Object.keys(config).filter((field) => field.endsWith("_sd_configs") && !known.includes(field));
  const elsewhere = (config.kubernetes_sd_configs ?? []).some((one) => one.role === "ingress" || !isAtHome(one));
  const services = namedTargets(ownJob(config) ?? { job_name: "" }).filter(({ host }) => {
    const namespace = namespaceOf(host);
    return namespace !== undefined && !cluster.owns(namespace);
  });
  return [
    ...[...means, ...(elsewhere ? ["kubernetes_sd_configs of Ingresses or another cluster"] : [])].map(
      (field) => `finds its targets by ${field}: add the NetworkPolicy that lets Prometheus out to them`,
    ),
    ...services.map(({ host, port }) => asksService(hostAndPort(host, port))),
  ];
}

function asksService(text: string): string {
  return `asks ${text}: a NetworkPolicy is about the port of the pods, which need not be that of their Service`;
}

function refusedAt(connection: Connection, policies: Policy[], rendered: Rendered): Finding[] {
  const { who, object, from, to, port, address } = connection;
  const sender = endpointOf(from, rendered);
  const receivers = endpointsOf(connection, rendered);
  const sides = receivers.map((receiver) => refusal(policies, sender, receiver, port));
  if (sides.length === 0 || sides.includes(undefined)) return [];
  const where =
    typeof to === "object" && "workload" in to
      ? to.workload.object
      : typeof to === "object"
        ? `pods of namespace ${to.namespace}`
        : to === "node"
          ? "the nodes"
          : (address?.text ?? "it");
  const at = port === undefined ? "" : ` at port ${port}`;
  const [side] = sides;
  const part = partOf(from) ?? (typeof to === "object" && "workload" in to ? partOf(to.workload) : undefined);
  const name = part === undefined ? "" : `list base/components/${part}-network-policies, or `;
  return [
    {
      object,
      message:
        side === "Egress"
          ? `${who} asks ${where}${at}, but no NetworkPolicy lets ${from.object} out to there`
          : `${who} asks ${where}${at}, but no NetworkPolicy lets ${from.object} in there`,
      fix: `${name}add a NetworkPolicy with ${side === "Egress" ? `egress for the pods of ${from.object}` : "ingress for the pods that are asked"}${port === undefined ? "" : ` at port ${port}`}`,
    },
  ];
}

/** The Component that brought a workload, where another one has its policies. */
function partOf({ containers, labels }: Workload): string | undefined {
  const { "app.kubernetes.io/name": name = "" } = labels;
  if (containers.some((container) => runs(container, "grafana"))) return "grafana";
  if (name === nodeAgents) return "agent-on-nodes";
  return name.startsWith("thanos-") ? "thanos" : undefined;
}

/** A name in a text has to be resolved before it is asked. */
function unresolved({ who, object, from, address }: Connection, policies: Policy[], rendered: Rendered): Finding[] {
  if (address === undefined || isIP(address.host) !== 0) return [];
  const servers: Endpoint[] = [
    { address: undefined, pod: { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } } },
    { address: "198.51.100.53" },
  ];
  const sender = endpointOf(from, rendered);
  if (servers.some((server) => refusal(policies, sender, server, 53, "UDP") === undefined)) return [];
  return [
    {
      object,
      message: `${who} asks ${address.host} by name, but no NetworkPolicy lets ${from.object} out to the cluster's name servers`,
      fix: `add a NetworkPolicy with egress for the pods of ${from.object} to port 53 (UDP and TCP) of k8s-app: kube-dns in kube-system`,
    },
  ];
}

function endpointOf({ namespace = "", labels, containers, pod }: Workload, { objects }: Rendered): Endpoint {
  if (pod.hostNetwork) return { address: nodeAddress };
  const named = containers.flatMap(({ ports }) => ports ?? []);
  const namespaceLabels = find(objects, "v1/Namespace", namespace, undefined)?.metadata.labels ?? {};
  const ports = new Map(named.flatMap(({ name, containerPort }) => (name ? [[name, containerPort] as const] : [])));
  return { address: undefined, pod: { namespace, labels, namespaceLabels, ports } };
}

/** What may be behind it, where only the cluster knows which: one that is let through is enough. */
function endpointsOf({ to, address }: Connection, rendered: Rendered): Endpoint[] {
  if (to === "node") return [{ address: nodeAddress }];
  if (typeof to === "object" && "workload" in to) return [endpointOf(to.workload, rendered)];
  if (typeof to === "object") return [foreign(to.namespace, rendered)];
  const host = address?.host ?? "";
  if (isIP(host) !== 0) return [{ address: host }];
  const [, namespace] = /^[^.]+\.([^.]+)$/.exec(host) ?? [];
  return [{ address: undefined }, ...(namespace === undefined ? [] : [foreign(namespace, rendered)])];
}

function foreign(namespace: string, { objects }: Rendered): Endpoint {
  const namespaceLabels = find(objects, "v1/Namespace", namespace, undefined)?.metadata.labels ?? {};
  return { address: undefined, pod: { namespace, labels: undefined, namespaceLabels } };
}

/** Pods and ports in a policy that nothing has. */
function pointless(policy: Policy, policies: readonly Policy[], cluster: RenderedCluster): Finding[] {
  const { spec, metadata } = policy;
  const object = nameOf(policy);
  const home = metadata.namespace ?? "";
  const pods = cluster.workloads.filter(({ namespace }) => namespace === home);
  const own = pods.filter(({ labels }) => selects(spec?.podSelector ?? {}, labels));
  if (own.length === 0) {
    return [
      {
        object,
        message: `is for pods with ${JSON.stringify(spec?.podSelector)}, of which this overlay renders none in ${home}`,
        fix: "correct podSelector, or take the Component that brings the policy out of components",
      },
    ];
  }
  const rules = [
    ...(spec?.ingress ?? []).map(({ from, ports }) => ({ peers: from ?? [], ports: ports ?? [], opening: own })),
    ...(spec?.egress ?? []).map(({ to, ports }) => ({ peers: to ?? [], ports: ports ?? [], opening: undefined })),
  ];
  return rules.flatMap(({ peers, ports, opening }) => {
    const selected = peers.flatMap((peer) =>
      isOwn(peer, home) ? [{ peer, pods: pods.filter(({ labels }) => selects(peer.podSelector ?? {}, labels)) }] : [],
    );
    const nobody = selected
      .filter((one) => one.pods.length === 0)
      .map(({ peer }) => ({
        object,
        message: `names pods with ${JSON.stringify(peer.podSelector)}, of which this overlay renders none in ${home}`,
        fix: "correct the selector, or take the Component that brings the policy out of components",
      }));
    // Whatever pods there are may be others than those of this overlay.
    const some = selected.every(({ peer }) => Object.keys(peer.podSelector ?? {}).length > 0);
    const opened = opening ?? (some && selected.length === peers.length ? selected.flatMap((one) => one.pods) : []);
    const closed = ports
      .flatMap(({ port, endPort }) => (port === undefined || endPort !== undefined ? [] : [port]))
      .filter(
        (port) =>
          opened.length > 0 &&
          !opened.some(({ containers }) =>
            containers.some((container) =>
              container.ports?.some(({ name, containerPort }) => name === port || containerPort === port),
            ),
          ),
      )
      .map((port) => ({
        object,
        message: `is about port ${port}, which ${[...new Set(opened.map((workload) => workload.object))].join(", ")} ${opened.length === 1 ? "does" : "do"} not open`,
        fix: "patch the policy's port to the one that the pods open",
      }));
    return [...nobody, ...closed, ...peers.flatMap((peer) => strangers(peer, object, policies, cluster))];
  });
}

function isOwn({ podSelector, namespaceSelector }: INetworkPolicyPeer, home: string): boolean {
  if (podSelector === undefined) return false;
  return namespaceSelector === undefined || namespaceSelector.matchLabels?.["kubernetes.io/metadata.name"] === home;
}

/** Labels that commonLabels or includeSelectors put into the selector of pods that are somebody else's, and do not have them. */
function strangers(
  { podSelector, namespaceSelector }: INetworkPolicyPeer,
  object: string,
  policies: readonly Policy[],
  cluster: RenderedCluster,
): Finding[] {
  const namespace = namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"];
  if (namespace === undefined || cluster.owns(namespace)) return [];
  const everywhere = Object.entries(podSelector?.matchLabels ?? {}).filter(
    ([key, value]) =>
      cluster.workloads.every(({ selector, labels }) => (selector?.matchLabels ?? labels)[key] === value) &&
      policies.every(
        ({ spec }) => spec?.podSelector?.matchLabels === undefined || spec.podSelector.matchLabels[key] === value,
      ),
  );
  return everywhere.map(([key, value]) => ({
    object,
    message: `names pods of namespace ${namespace} with ${key}=${value}, a label that this overlay gives to its own`,
    fix: "use labels: without includeSelectors in place of commonLabels: Kustomize puts those into the selectors of others' pods too",
  }));
}
