import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { admittedNamespace } from "../../generators/components/network-policies.js";
import type { Edge, End, Port } from "../../generators/derive/edges.js";
import { selector } from "../../generators/lib/labels.js";
import { allowed, type Endpoint } from "../../scripts/lib/rendered/network-policy.js";

/** Somebody who may call or be called: one of the stack's own, or anybody else. */
export interface Party {
  readonly name: string;
  readonly endpoint: Endpoint;
  /** What it is for the edges; absent for those whom no edge names. */
  readonly end?: End;
}

const tcp = (port: number): Port => ({ protocol: "TCP", port });
const usualPorts = {
  "api servers": [tcp(443), tcp(6443)],
  "name servers": [tcp(53), { protocol: "UDP", port: 53 } as const],
  receivers: [tcp(443)],
};
/** Ports that nobody of the stack has, beside those that somebody does. */
const otherPorts = [22, 80, 8081, 9091].map(tcp);

/**
 * Tries every connection between the stack, what it needs and strangers, at every port that an edge or nobody has.
 *
 * @returns what the policies refuse though an edge needs it, and what they allow though none does; one line for each
 */
export function faults(policies: readonly INetworkPolicy[], edges: readonly Edge[], namespace: string): string[] {
  return connections(parties(edges, namespace), edges, namespace)
    .filter(
      ({ from, to, port, needed }) =>
        allowed(policies, from.endpoint, to.endpoint, port.port, port.protocol) !== needed,
    )
    .map((one) => `${one.needed ? "refused" : "allowed"}: ${inWords(one)}`);
}

/** A policy without one of its rules. */
export interface Reduced {
  readonly policy: INetworkPolicy;
  readonly direction: "ingress" | "egress";
  readonly index: number;
  readonly rule: object;
  /** All policies, with that one rule left out. */
  readonly left: readonly INetworkPolicy[];
}

/** Every way to take one rule away. */
export function withoutEach(policies: readonly INetworkPolicy[]): Reduced[] {
  return policies.flatMap((policy) =>
    (["ingress", "egress"] as const).flatMap((direction) =>
      (policy.spec?.[direction] ?? []).map((rule, index, rules) => {
        const spec = { ...policy.spec, [direction]: rules.filter((_, at) => at !== index) };
        const left = policies.map((one) => (one === policy ? ({ ...policy, spec } as INetworkPolicy) : one));
        return { policy, direction, index, rule, left };
      }),
    ),
  );
}

/** A connection that may be tried, and whether an edge needs it: every other one must not be. */
export interface Connection {
  readonly from: Party;
  readonly to: Party;
  readonly port: Port;
  readonly needed: boolean;
}

/** Every connection among the parties that a policy of the namespace is about, at every port that an edge or nobody has. */
export function connections(all: readonly Party[], edges: readonly Edge[], namespace: string): Connection[] {
  const tried = [...edges.flatMap(portsOf), ...otherPorts];
  const ports = tried.filter((port, index) => tried.findIndex((other) => samePort(other, port)) === index);
  const isOwn = ({ endpoint }: Party) => endpoint.pod?.namespace === namespace;
  return all.flatMap((from) =>
    all
      .filter((to) => from !== to && (isOwn(from) || isOwn(to)))
      .flatMap((to) =>
        ports.map((port) => {
          const needed = edges.some((edge) => covers(edge, from, to, port, isOwn(to)));
          return { from, to, port, needed };
        }),
      ),
  );
}

/** A connection as a line says it: `prometheus -> a node:10250`. */
export function inWords({ from, to, port: { port, protocol } }: Connection): string {
  return `${from.name} -> ${to.name}:${port}${protocol === "UDP" ? "/udp" : ""}`;
}

function covers(edge: Edge, from: Party, to: Party, port: Port, toOwn: boolean): boolean {
  if (!portsOf(edge).some((one) => samePort(one, port)) || !same(edge.from, from.end)) return false;
  // Nodes, API servers and receivers are known by no label: whoever has an address may be one, but for the namespace's own pods.
  if (edge.to === "nodes" || edge.to === "api servers" || edge.to === "receivers") return !toOwn;
  if (typeof edge.to === "object" && "pods" in edge.to) return isOneOf(edge.to, to.endpoint);
  return same(edge.to, to.end);
}

function isOneOf({ pods, in: home }: { pods: Readonly<Record<string, string>>; in: string }, { pod }: Endpoint) {
  return pod?.namespace === home && Object.entries(pods).every(([key, value]) => pod.labels?.[key] === value);
}

function portsOf({ to, ports }: Edge): readonly Port[] {
  return to === "api servers" || to === "name servers" || to === "receivers" ? usualPorts[to] : ports;
}

function samePort(one: Port, other: Port): boolean {
  return one.port === other.port && one.protocol === other.protocol;
}

function parties(edges: readonly Edge[], namespace: string): Party[] {
  const bases = new Set(
    edges
      .flatMap(({ from, to }) => [from, to])
      .flatMap((end) => (typeof end === "object" && "base" in end ? [end.base] : [])),
  );
  const pod = (labels: Record<string, string>, home = namespace, namespaceLabels = {}): Endpoint => ({
    address: "10.1.0.1",
    pod: { namespace: home, labels, namespaceLabels },
  });
  return [
    ...[...bases].flatMap((base): Party[] => {
      const end = { base };
      // Two of each: replicas of one base call each other or do not.
      return ["", " (another)"].map((which) => ({ name: base + which, end, endpoint: pod(selector(base)) }));
    }),
    { name: "a node", end: "nodes", endpoint: { address: "192.0.2.1" } },
    { name: "an API server", end: "api servers", endpoint: { address: "2001:db8::1" } },
    { name: "the name server", end: "name servers", endpoint: pod({ "k8s-app": "kube-dns" }, "kube-system") },
    { name: "an admitted pod", end: "admitted", endpoint: pod({ app: "proxy" }, "ingress", admittedNamespace) },
    { name: "a stranger in the namespace", endpoint: pod({ app: "stranger" }) },
    { name: "a namesake elsewhere", endpoint: pod(selector("prometheus"), "elsewhere") },
    { name: "the internet", endpoint: { address: "198.51.100.1" } },
  ];
}

function same(one: End, other: End | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
