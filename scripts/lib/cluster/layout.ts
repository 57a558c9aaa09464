import { join } from "node:path";

/**
 * Where the embedded cluster is: one per machine, so that every checkout finds what another one left.
 * The state is small and gone after a reboot; the data (images, etcd, volumes) is large, and /run is often neither.
 */
export const stateFolder = "/run/plain-prometheus";
export const dataFolder = "/var/lib/plain-prometheus";

/** The kubeconfig of the embedded cluster's administrator, and its only context. */
export const kubeconfigFile = join(stateFolder, "kubeconfig");
export const contextName = "plain-prometheus";

/** One bridge on the machine, which the nodes hang on. An interface name has at most 15 characters. */
export const bridge = "plain-prom0";

/** Every address of the cluster is in one range, of which nothing else on the machine may use a part. */
export const network = {
  range: "10.250.0.0/16",
  nodes: "10.250.0.0/24",
  host: "10.250.0.1",
  pods: "10.250.64.0/18",
  services: "10.250.128.0/17",
  /** The first address of `services`: the API server's Service. */
  apiService: "10.250.128.1",
  dnsService: "10.250.128.10",
} as const;

/**
 * The second family of addresses, where a cluster has one. It ends at the nodes: the machine itself has no address in it,
 * and no route to it.
 */
export const secondFamily = { pods: "fd50:726f:6d00:40::/58", services: "fd50:726f:6d00:ffff::/112" } as const;

/** The folder below every cgroup hierarchy that holds the whole cluster: what runs there is ours to end. */
export const cgroupName = "plain-prometheus";

/** Where the user's cache is inside a node, whose own /run and /var/lib hide those of the machine. */
export const cacheInNode = "/run/plain-prometheus-cache";

/** A node: its namespaces, addresses and folders. */
export interface Node {
  readonly name: string;
  readonly address: string;
  readonly podRange: string;
  /** Of the second family. */
  readonly address6: string;
  /** Of the second family. */
  readonly podRange6: string;
  /** The machine's end of the cable to the node's eth0. */
  readonly cable: string;
  /** Configuration and process ids, also readable inside the node under the same path. */
  readonly state: string;
  /** The node's own /var/lib and /var/log. */
  readonly data: string;
}

/** The first node, which the control plane runs on too. */
export const firstNode = nodeAt(0);

/** The nodes of a cluster of that size. */
export function nodesOf(count: number): Node[] {
  return Array.from({ length: count }, (_, index) => nodeAt(index));
}

function nodeAt(index: number): Node {
  const name = index === 0 ? "devbox" : `devbox-${index + 1}`;
  return {
    name,
    address: `10.250.0.${index + 2}`,
    podRange: `10.250.${64 + index}.0/24`,
    address6: `fd50:726f:6d00::${index + 2}`,
    podRange6: `fd50:726f:6d00:${40 + index}::/64`,
    cable: `plain-prom${index + 1}`,
    state: join(stateFolder, name),
    data: join(dataFolder, name),
  };
}
