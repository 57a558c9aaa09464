import { type INetworkPolicy, NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { INetworkPolicyPeer } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer";
import type { INetworkPolicyPort } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPort";
import { type Edge, type End, edges, type Port } from "../derive/edges.js";
import { type OwnJob, ownEdges } from "../derive/own-jobs.js";
import type { Base, Component, KubernetesObject } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { explained } from "../lib/explained.js";
import { labels, selector } from "../lib/labels.js";
import { reached } from "../prometheus/scrape/index.js";
import type { Settings } from "../settings/index.js";

type Spec = NonNullable<INetworkPolicy["spec"]>;

/** Label of a namespace whose pods may open the pages of Prometheus and its like. */
export const admittedNamespace = { "plain-prometheus/ui": "allowed" };

const anywhere: INetworkPolicyPeer[] = [
  because(
    { ipBlock: { cidr: "0.0.0.0/0" } },
    "Every address: policies select pods, and nodes, API servers and what is outside are no pods.",
  ),
  { ipBlock: { cidr: "::/0" } },
];

/** The way out to Alertmanager: a policy of its own, so that whoever has none can leave it out. */
export const toAlertmanager = "prometheus-to-alertmanager";

/** Pods of every namespace; not those in the network of their node, which no policy can tell from the node. */
const anyPod: INetworkPolicyPeer[] = [{ namespaceSelector: {} }];

/** Where a connection goes or comes from, and at which port, when the edge does not say. */
interface Place {
  readonly peers: INetworkPolicyPeer[];
  readonly ports?: readonly INetworkPolicyPort[];
}

/**
 * Places that are the same for every base. Addresses and ports of nodes and API servers differ from cluster to
 * cluster: an overlay that knows its own narrows them.
 */
const places: Readonly<Record<Exclude<End, object>, Place>> = {
  nodes: { peers: anywhere },
  "api servers": {
    peers: anywhere,
    ports: [
      because(
        tcp(443),
        "Some plugins see a connection to the Service (443), others one to the server behind it (6443).",
      ),
      tcp(6443),
    ],
  },
  "name servers": {
    peers: [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
        podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
      },
      because(
        { ipBlock: { cidr: "169.254.20.10/32" } },
        "NodeLocal DNSCache answers at this address of the node itself.",
      ),
    ],
    ports: [{ protocol: "UDP", port: 53 }, tcp(53)],
  },
  receivers: {
    peers: anywhere,
    ports: [
      because(
        tcp(443),
        "Receivers are unknown here, but most use HTTPS. An overlay adds the port of one that does not.",
      ),
    ],
  },
  "object store": {
    peers: [...anyPod, ...anywhere],
    ports: [because(tcp(443), "Most object stores answer by HTTPS. An overlay adds the port of one that does not.")],
  },
  "any pod": { peers: anyPod },
  "own pods": { peers: [{ podSelector: {} }] },
  anything: {
    peers: [
      ...anyPod.map((peer) => because(peer, "Some plugins do not count pods as part of a block of addresses.")),
      ...anywhere,
    ],
  },
  admitted: { peers: [{ namespaceSelector: { matchLabels: admittedNamespace } }] },
};

/**
 * Nothing goes in or out of the namespace but the connections of {@link edges}. The way in for people is a policy of its
 * own for each base that has one, `<base>-ui`, so that an overlay can delete or widen it.
 *
 * node-exporter is in the host's network, where no policy reaches it. `kubectl port-forward` and the kubelet's probes
 * come from the pod's own node, which no policy keeps out.
 *
 * @param own jobs of the user's own
 */
export function networkPolicies(settings: Settings, bases: readonly Base[], own: readonly OwnJob[] = []): Component {
  const { namespace } = settings;
  const needed = [
    ...edges(bases, reached(settings), "prometheus"),
    ...own.flatMap((job) => ownEdges(job, "prometheus", namespace)),
  ];
  const isAlerting = ({ from, to }: Edge) =>
    sameEnd(from, { base: "prometheus" }) && sameEnd(to, { base: "alertmanager" });
  const alerting = specOf("prometheus", needed.filter(isAlerting));
  return {
    name: "network-policies",
    source: "generators/components/network-policies.ts",
    about: "Denies every undeclared connection of the namespace. List it before each Component that adds a job.",
    objects: [
      policy(
        namespace,
        "default-deny",
        "plain-prometheus",
        because<Spec>(
          { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
          { podSelector: "Every pod: what no other policy lets through is denied." },
        ),
      ),
      ...bases.flatMap((base) =>
        policiesOf(
          [base],
          base.name === "prometheus" ? needed.filter((edge) => !isAlerting(edge)) : needed,
          namespace,
          (one) => one,
        ),
      ),
      ...(alerting ? [policy(namespace, toAlertmanager, "prometheus", alerting)] : []),
    ],
  };
}

/** The policies that let these connections through, one or two for each base, by the name that it is given. */
export function policiesOf(
  bases: readonly Base[],
  needed: readonly Edge[],
  namespace: string,
  nameOf: (base: string) => string,
): KubernetesObject[] {
  return bases.flatMap(({ name }) => {
    const within = specOf(
      name,
      needed.filter(({ from }) => from !== "admitted"),
    );
    const ui = specOf(
      name,
      needed.filter(({ from }) => from === "admitted"),
    );
    return [
      ...(within ? [policy(namespace, nameOf(name), name, within)] : []),
      ...(ui ? [policy(namespace, `${nameOf(name)}-ui`, name, ui)] : []),
    ];
  });
}

function policy(namespace: string, name: string, component: string, spec: Spec): KubernetesObject {
  return explained(NetworkPolicy, { metadata: { name, namespace, labels: labels(component, "network") }, spec });
}

/** What the pods of a base may take and open; nothing when no edge touches them. */
function specOf(name: string, among: readonly Edge[]): Spec | undefined {
  const rules = (own: "from" | "to", other: "from" | "to") => {
    const touching = among.filter((edge) => sameEnd(edge[own], { base: name }));
    return unique(touching.map((edge) => ruleOf(edge[other], edge.ports)));
  };
  const ingress = rules("to", "from").map(({ peers, ports }) => ({ from: peers, ...at(ports) }));
  const egress = rules("from", "to").map(({ peers, ports }) => ({ to: peers, ...at(ports) }));
  if (ingress.length + egress.length === 0) return undefined;
  return {
    podSelector: { matchLabels: selector(name) },
    policyTypes: [
      ...(ingress.length > 0 ? (["Ingress"] as const) : []),
      ...(egress.length > 0 ? (["Egress"] as const) : []),
    ],
    ...(ingress.length > 0 && { ingress }),
    ...(egress.length > 0 && { egress }),
  };
}

/** What an egress rule says of one edge. */
export function egressOf({ to, ports }: Edge): { to: INetworkPolicyPeer[]; ports?: INetworkPolicyPort[] } {
  const { peers, ports: all } = ruleOf(to, ports);
  return { to: peers, ...at(all) };
}

/** What an ingress rule says of one edge. */
export function ingressOf({ from, ports }: Edge): { from: INetworkPolicyPeer[]; ports?: INetworkPolicyPort[] } {
  const { peers, ports: all } = ruleOf(from, ports);
  return { from: peers, ...at(all) };
}

/** The ports of a rule; without any, it is about all of them. */
function at(ports: readonly INetworkPolicyPort[]): { ports?: INetworkPolicyPort[] } {
  return ports.length === 0 ? {} : { ports: [...ports] };
}

function ruleOf(end: End, own: readonly Port[]): { peers: INetworkPolicyPeer[]; ports: INetworkPolicyPort[] } {
  const place: Place = typeof end === "object" ? { peers: [podsOf(end)] } : places[end];
  return { peers: place.peers, ports: [...(place.ports ?? []), ...own] };
}

function podsOf(end: Extract<End, object>): INetworkPolicyPeer {
  if ("base" in end) return { podSelector: { matchLabels: selector(end.base) } };
  if ("block" in end) return { ipBlock: { cidr: end.block } };
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": end.in } },
    ...(Object.keys(end.pods).length > 0 && { podSelector: { matchLabels: end.pods } }),
  };
}

function sameEnd(one: End, other: End): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

function tcp(port: number): INetworkPolicyPort {
  return { protocol: "TCP", port };
}
