import { BlockList, isIPv6 } from "node:net";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { INetworkPolicyPeer } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer";
import type { INetworkPolicyPort } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPort";
import { selects } from "./label-selector.js";
import type { Rendered } from "./objects.js";

/** One end of a connection: an address, and what pod is there if any. */
export interface Endpoint {
  /** Undefined where only the cluster knows it: then every block of addresses may have it. */
  readonly address: string | undefined;
  /** Absent for a node, a pod in a node's network, and everything outside the cluster. */
  readonly pod?: {
    readonly namespace: string;
    /** Undefined where they are not known here: then every selector may select the pod, and also its namespace where that has no name. */
    readonly labels: Readonly<Record<string, string>> | undefined;
    readonly namespaceLabels?: Readonly<Record<string, string>>;
    /** Numbers of its ports that have a name. */
    readonly ports?: ReadonlyMap<string, number>;
  };
}

/** Whether an overlay has any NetworkPolicy, so that its cluster has to enforce them. */
export function hasPolicies({ objects }: Pick<Rendered, "objects">): boolean {
  return objects.some(({ kind }) => kind === "NetworkPolicy");
}

type Direction = "Egress" | "Ingress";

/**
 * Whether the policies let a connection through: the sender's on the way out and the receiver's on the way in, each pod
 * by the policies that select it, and freely where none does.
 *
 * Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function allowed(
  policies: readonly INetworkPolicy[],
  from: Endpoint,
  to: Endpoint,
  port: number,
  protocol: "TCP" | "UDP" = "TCP",
): boolean {
  return refusal(policies, from, to, port, protocol) === undefined;
}

/**
 * On which side the policies refuse a connection; undefined where they let it through.
 *
 * @param port - undefined where only the cluster knows it: then every port may be the one.
 */
export function refusal(
  policies: readonly INetworkPolicy[],
  from: Endpoint,
  to: Endpoint,
  port: number | undefined,
  protocol: "TCP" | "UDP" = "TCP",
): Direction | undefined {
  const lets = (type: Direction, own: Endpoint, other: Endpoint) => {
    const selecting = policies.filter((policy) => isFor(policy, type, own));
    if (selecting.length === 0) return true;
    return selecting.some(({ metadata, spec }) => {
      const rules =
        type === "Egress"
          ? (spec?.egress ?? []).map((rule) => ({ peers: orAll(rule.to), ports: rule.ports }))
          : (spec?.ingress ?? []).map((rule) => ({ peers: orAll(rule.from), ports: rule.ports }));
      return rules.some(
        ({ peers, ports }) =>
          opens(ports, port, protocol, to) &&
          // A block of addresses with a port is for whoever is known to have that port.
          holds(
            port === undefined && ports ? peers?.filter(({ ipBlock }) => ipBlock === undefined) : peers,
            other,
            metadata?.namespace ?? "default",
          ),
      );
    });
  };
  if (!lets("Egress", from, to)) return "Egress";
  return lets("Ingress", to, from) ? undefined : "Ingress";
}

function isFor({ metadata, spec }: INetworkPolicy, type: Direction, { pod }: Endpoint): boolean {
  if (pod?.labels === undefined || pod.namespace !== metadata?.namespace) return false;
  return typesOf(spec).includes(type) && selects(spec?.podSelector ?? {}, pod.labels);
}

/** A rule without peers is about all of them, undefined here. */
function orAll(peers: readonly INetworkPolicyPeer[] | undefined): readonly INetworkPolicyPeer[] | undefined {
  return peers?.length ? peers : undefined;
}

/** Without types, a policy is about what comes in; and about what goes out where it has rules for that. */
function typesOf(spec: INetworkPolicy["spec"]): readonly string[] {
  return spec?.policyTypes ?? ["Ingress", ...(spec?.egress ? ["Egress"] : [])];
}

function opens(
  ports: readonly INetworkPolicyPort[] | undefined,
  port: number | undefined,
  protocol: string,
  { pod }: Endpoint,
): boolean {
  if (ports === undefined || ports.length === 0) return true;
  return ports.some((one) => {
    if ((one.protocol ?? "TCP") !== protocol) return false;
    if (one.port === undefined || port === undefined) return true;
    if (typeof one.port === "string") return pod?.labels === undefined || pod.ports?.get(one.port) === port;
    return port >= one.port && port <= (one.endPort ?? one.port);
  });
}

function holds(peers: readonly INetworkPolicyPeer[] | undefined, other: Endpoint, namespace: string): boolean {
  if (peers === undefined) return true;
  return peers.some(({ ipBlock, namespaceSelector, podSelector }) => {
    if (ipBlock) {
      if (other.address === undefined) return true;
      const { address } = other;
      const within = (cidr: string) => contains(cidr, address);
      return within(ipBlock.cidr) && !(ipBlock.except ?? []).some(within);
    }
    if (other.pod === undefined) return false;
    const { labels, namespace: home, namespaceLabels } = other.pod;
    if (!namespaceSelector) return home === namespace && (labels === undefined || selects(podSelector ?? {}, labels));
    const named = namespaceSelector.matchLabels?.["kubernetes.io/metadata.name"];
    if (labels === undefined) return named === undefined || named === home;
    return (
      selects(namespaceSelector, { "kubernetes.io/metadata.name": home, ...namespaceLabels }) &&
      selects(podSelector ?? {}, labels)
    );
  });
}

const lists = new Map<string, BlockList>();

function contains(cidr: string, address: string): boolean {
  const [net = "", prefix] = cidr.split("/");
  const family = (text: string) => (isIPv6(text) ? "ipv6" : "ipv4");
  if (family(net) !== family(address)) return false;
  const list = lists.get(cidr) ?? new BlockList();
  if (!lists.has(cidr)) list.addSubnet(net, Number(prefix), family(net));
  lists.set(cidr, list);
  return list.check(address, family(address));
}
