import { existsSync } from "node:fs";
import { $ } from "zx";
import { Failure } from "../failure.js";
import type { Layout, Network, Node } from "./layout.js";

/** A route of the machine, as `ip -json route` prints it. */
export interface Route {
  readonly dst: string;
  readonly dev?: string;
}

/** Whether two IPv4 ranges have an address in common; an address without a length is a range of one. */
export function overlap(left: string, right: string): boolean {
  const [a, b] = [bounds(left), bounds(right)];
  return a.first <= b.last && b.first <= a.last;
}

function bounds(range: string): { first: number; last: number } {
  const [address = "", length = "32"] = range.split("/");
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

/** The route that keeps a cluster from its range, if there is one: not a default route, and not one of its own. */
export function routeInTheWay(routes: readonly Route[], { range, bridge }: Network): Route | undefined {
  return routes.find(({ dst, dev }) => dst !== "default" && dev !== bridge && overlap(dst, range));
}

/** The routes of this machine. */
export async function routes(): Promise<readonly Route[]> {
  const { stdout } = await $({ quiet: true })`ip -4 -json route show table main`;
  return JSON.parse(stdout);
}

/** The bridge on the machine, with the machine's own address in the nodes' range. */
export async function makeBridge({ bridge, host }: Network): Promise<void> {
  await $({ quiet: true })`ip link add ${bridge} type bridge`;
  await $({ quiet: true })`ip addr add ${host}/24 dev ${bridge}`;
  await $({ quiet: true })`ip link set ${bridge} up`;
}

/** Connects a node, whose first process is `init`, and makes its pods reachable from the machine; and all Services. */
export async function connect({ network, nodes }: Layout, node: Node, init: number): Promise<void> {
  const { bridge, services } = network;
  const ip = $({ quiet: true });
  await ip`ip link add ${node.cable} type veth peer name eth0 netns ${init}`;
  await ip`ip link set ${node.cable} master ${bridge} up`;
  await ip`ip route add ${node.podRange} via ${node.address} dev ${bridge}`;
  if (node.name === nodes[0].name) await ip`ip route add ${services} via ${node.address} dev ${bridge}`;
}

/** The commands that a node runs inside to be on the network with the other nodes of a cluster of that size. */
export function networkInside({ network, nodes }: Layout, node: Node, count: number, dualStack = false): string[][] {
  const others = nodes.slice(0, count).filter(({ name }) => name !== node.name);
  return [
    ["ip", "link", "set", "lo", "up"],
    ["ip", "addr", "add", `${node.address}/24`, "dev", "eth0"],
    ["ip", "link", "set", "eth0", "up"],
    ["ip", "route", "add", "default", "via", network.host],
    ...others.map(({ podRange, address }) => ["ip", "route", "add", podRange, "via", address]),
    ["sysctl", "-qw", "net.ipv4.ip_forward=1"],
    ...(dualStack ? secondFamilyInside(network, node, others) : []),
  ];
}

function secondFamilyInside({ services6 }: Network, node: Node, others: readonly Node[]): string[][] {
  return [
    // A machine that is a container itself may have it off for every new interface.
    ["sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=0"],
    ["sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=0"],
    // At once: nobody else has it, and until that is found out nothing can listen at it.
    ["ip", "-6", "addr", "add", `${node.address6}/64`, "dev", "eth0", "nodad"],
    ...others.map(({ podRange6, address6 }) => ["ip", "-6", "route", "add", podRange6, "via", address6]),
    // There is no default route: without one of their own, Services have no way that kube-proxy could turn elsewhere.
    ["ip", "-6", "route", "add", services6, "dev", "eth0"],
    ["sysctl", "-qw", "net.ipv6.conf.all.forwarding=1"],
  ];
}

/** Removes what {@link makeBridge} and {@link connect} made, however much of it there is. */
export async function removeNetwork({ network, nodes }: Layout): Promise<void> {
  for (const link of [network.bridge, ...nodes.map(({ cable }) => cable)]) {
    if (!existsSync(`/sys/class/net/${link}`)) continue;
    // The kernel takes a cable away itself once its node is gone, perhaps just now.
    await $({ quiet: true, nothrow: true })`ip link del ${link}`;
    if (existsSync(`/sys/class/net/${link}`)) throw new Failure(`cannot remove the network interface ${link}`);
  }
}
