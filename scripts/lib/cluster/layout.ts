import { join } from "node:path";
import { Failure } from "../failure.js";

/**
 * Where an embedded cluster is, by its name: the same for every checkout, so that each finds what another one left.
 * The state is small and gone after a reboot; the data (images, etcd, volumes) is large, and /run is often neither.
 */
export interface Place {
  /** Undefined for the one without a name. */
  readonly name: string | undefined;
  /** What its folders, its cgroup and its context are called: `plain-prometheus`, `plain-prometheus.b`. */
  readonly id: string;
  readonly state: string;
  readonly data: string;
  /** The kubeconfig of its administrator, whose only context is {@link id}. */
  readonly kubeconfig: string;
}

/** A family of addresses, in Kubernetes' words. */
export type Family = "IPv4" | "IPv6";

/** The families that a cluster has, the first one first: what discovery finds is of that. */
export type Families = readonly [Family] | readonly [Family, Family];

/** What there is once in each family of the cluster, in their order. */
type InEach = readonly [string, ...string[]];

/** The addresses of a cluster. */
export interface Network {
  /** What tells clusters apart, of whichever family they are: nothing else on the machine may use a part of it. */
  readonly range: string;
  readonly nodes: InEach;
  /** The machine's own. */
  readonly hosts: InEach;
  readonly pods: InEach;
  readonly services: InEach;
  /** The first address of each of `services`: the API server's Service. */
  readonly apiServices: InEach;
  readonly dnsService: string;
  /** The bridge on the machine, which the nodes hang on. */
  readonly bridge: string;
}

/** A place, and what a cluster has there. */
export interface Layout extends Place {
  readonly network: Network;
  /** As many as a cluster can have; the control plane runs on the first one. */
  readonly nodes: readonly [Node, Node];
}

/** A node: its namespaces, addresses and folders. */
export interface Node {
  readonly name: string;
  /** The first of {@link addresses}. */
  readonly address: string;
  readonly addresses: InEach;
  readonly podRanges: InEach;
  /** The machine's end of the cable to the node's eth0. */
  readonly cable: string;
  /** Configuration and process ids, also readable inside the node under the same path. */
  readonly state: string;
  /** The node's own /var/lib and /var/log. */
  readonly data: string;
  /** Below every cgroup hierarchy. */
  readonly cgroup: string;
  /** What the log of each of its programs begins with: `/run/plain-prometheus/logs/`. */
  readonly logs: string;
}

/** Where the folders of all places are. */
export const parents = { state: "/run", data: "/var/lib" } as const;

/** Where the user's cache is inside a node, whose own /run and /var/lib hide those of the machine. */
export const cacheInNode = "/run/plain-prometheus-cache";

/** The variable that names the cluster which a command and its children mean, where no option does. */
export const nameVariable = "PLAIN_PROMETHEUS_CLUSTER";

/** How many clusters a machine has room for, the one without a name included: 10.250.0.0/16 to 10.255.0.0/16. */
export const slotCount = 6;

/**
 * The place of the embedded cluster that is meant.
 *
 * @param name - Default: that of {@link nameVariable}, else the one without a name. Null: the one without a name.
 * @throws Failure when it is no name.
 */
export function placeOf(name: string | null = process.env[nameVariable] || null): Place {
  if (name !== null && !/^[a-z0-9]([-a-z0-9]{0,18}[a-z0-9])?$/.test(name)) {
    throw new Failure(
      `${JSON.stringify(name)} is no name of an embedded cluster`,
      "use up to 20 of a-z, 0-9 and - with neither end a -, such as --name b",
    );
  }
  return placeWithId(`plain-prometheus${name === null ? "" : `.${name}`}`);
}

/** The place with that id. */
export function placeWithId(id: string): Place {
  const state = join(parents.state, id);
  const [, name] = id.split(".");
  return { name, id, state, data: join(parents.data, id), kubeconfig: join(state, "kubeconfig") };
}

/** How people call the cluster of a place. */
export function titleOf({ name }: Place): string {
  return name === undefined ? "the embedded cluster" : `the embedded cluster ${name}`;
}

/** What a cluster of those families has that takes one of the {@link slotCount} slots; the one without a name has slot 0. */
export function layoutOf(place: Place, slot: number, families: Families = ["IPv4"]): Layout {
  const [first, second] = families;
  const inEach = (of: Readonly<Record<Family, string>>): InEach =>
    second === undefined ? [of[first]] : [of[first], of[second]];
  const start = `10.${250 + slot}`;
  const start6 = `fd50:726f:6d0${slot}`;
  // An interface name has at most 15 characters.
  const link = (index: number) => `plain-prom${slot || ""}${index}`;
  const nodeAt = (index: number): Node => {
    const name = index === 0 ? "devbox" : `devbox-${index + 1}`;
    const addresses = inEach({ IPv4: `${start}.0.${index + 2}`, IPv6: `${start6}::${index + 2}` });
    return {
      name,
      address: addresses[0],
      addresses,
      podRanges: inEach({ IPv4: `${start}.${64 + index}.0/24`, IPv6: `${start6}:${40 + index}::/64` }),
      cable: link(index + 1),
      state: join(place.state, name),
      data: join(place.data, name),
      cgroup: join(place.id, name),
      logs: join(place.state, "logs", index === 0 ? "/" : `${name}-`),
    };
  };
  return {
    ...place,
    network: {
      range: `${start}.0.0/16`,
      nodes: inEach({ IPv4: `${start}.0.0/24`, IPv6: `${start6}::/64` }),
      hosts: inEach({ IPv4: `${start}.0.1`, IPv6: `${start6}::1` }),
      pods: inEach({ IPv4: `${start}.64.0/18`, IPv6: `${start6}:40::/58` }),
      services: inEach({ IPv4: `${start}.128.0/17`, IPv6: `${start6}:ffff::/112` }),
      apiServices: inEach({ IPv4: `${start}.128.1`, IPv6: `${start6}:ffff::1` }),
      dnsService: inEach({ IPv4: `${start}.128.10`, IPv6: `${start6}:ffff::a` })[0],
      bridge: link(0),
    },
    nodes: [nodeAt(0), nodeAt(1)],
  };
}
