import { BlockList, isIPv6 } from "node:net";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { INetworkPolicyPeer } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer";
import type { INetworkPolicyPort } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPort";
import { selects } from "../../scripts/lib/rendered/label-selector.js";

/** One end of a connection: an address, and what pod is there if any. */
export interface Endpoint {
  readonly address: string;
  /** Absent for a node, a pod in a node's network, and everything outside the cluster. */
  readonly pod?: {
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly namespaceLabels?: Readonly<Record<string, string>>;
  };
}

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
  const lets = (type: "Egress" | "Ingress", own: Endpoint, other: Endpoint) => {
    const selecting = policies.filter((policy) => isFor(policy, type, own));
    if (selecting.length === 0) return true;
    return selecting.some(({ metadata, spec }) => {
      const rules =
        type === "Egress"
          ? (spec?.egress ?? []).map((rule) => ({ peers: rule.to, ports: rule.ports }))
          : (spec?.ingress ?? []).map((rule) => ({ peers: rule.from, ports: rule.ports }));
      return rules.some(
        ({ peers, ports }) => opens(ports, port, protocol) && holds(peers, other, metadata?.namespace ?? "default"),
      );
    });
  };
  return lets("Egress", from, to) && lets("Ingress", to, from);
}

function isFor({ metadata, spec }: INetworkPolicy, type: "Egress" | "Ingress", { pod }: Endpoint): boolean {
  if (pod === undefined || pod.namespace !== metadata?.namespace) return false;
  return (spec?.policyTypes ?? ["Ingress"]).includes(type) && selects(spec?.podSelector ?? {}, pod.labels);
}

function opens(ports: readonly INetworkPolicyPort[] | undefined, port: number, protocol: string): boolean {
  if (ports === undefined || ports.length === 0) return true;
  return ports.some((one) => {
    if (typeof one.port === "string") throw new Error(`the evaluator reads no names of ports: ${one.port}`);
    if ((one.protocol ?? "TCP") !== protocol) return false;
    return one.port === undefined || (port >= one.port && port <= (one.endPort ?? one.port));
  });
}

function holds(peers: readonly INetworkPolicyPeer[] | undefined, other: Endpoint, namespace: string): boolean {
  if (peers === undefined || peers.length === 0) return true;
  return peers.some(({ ipBlock, namespaceSelector, podSelector }) => {
    if (ipBlock) {
      const within = (cidr: string) => contains(cidr, other.address);
      return within(ipBlock.cidr) && !(ipBlock.except ?? []).some(within);
    }
    if (other.pod === undefined) return false;
    const inNamespace = namespaceSelector
      ? selects(namespaceSelector, {
          "kubernetes.io/metadata.name": other.pod.namespace,
          ...other.pod.namespaceLabels,
        })
      : other.pod.namespace === namespace;
    return inNamespace && selects(podSelector ?? {}, other.pod.labels);
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
