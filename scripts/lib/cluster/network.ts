import { existsSync } from "node:fs";
import { isIPv6 } from "node:net";
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

/** The bridge on the machine, with the machine's own addresses in the nodes' ranges. */
export async function makeBridge({ bridge, hosts }: Network): Promise<void> {
  const quiet = $({ quiet: true });
  await quiet`ip link add ${bridge} type bridge`;
  if (hosts.some(isIPv6)) await quiet`sysctl -qw ${withIpv6(bridge)}`;
  for (const host of hosts) await quiet`ip addr add ${onLink(host)} dev ${bridge}`;
  await quiet`ip link set ${bridge} up`;
}

/** The sysctl that has an interface speak IPv6; a machine that is a container itself may have it off for every new one. */
function withIpv6(link: string): string {
  return `net.ipv6.conf.${link}.disable_ipv6=0`;
}

/** An address in a range of nodes, as `ip addr add` takes it. */
function onLink(address: string): string[] {
  // nodad: no other host has the address, and nothing can listen at it while the kernel looks for one.
  return isIPv6(address) ? [`${address}/64`, "nodad"] : [`${address}/24`];
}

/** Connects a node, whose first process is `init`, and makes its pods reachable from the machine; and all Services. */
export async function connect({ network, nodes }: Layout, node: Node, init: number): Promise<void> {
  const { bridge, services } = network;
  const ip = $({ quiet: true });
  await ip`ip link add ${node.cable} type veth peer name eth0 netns ${init}`;
  await ip`ip link set ${node.cable} master ${bridge} up`;
  const toNode = [...node.podRanges.entries(), ...(node.name === nodes[0].name ? services.entries() : [])];
  for (const [index, range] of toNode) await ip`ip route add ${range} via ${node.addresses[index]} dev ${bridge}`;
}

/** The commands that a node runs inside to be on the network with the other nodes of a cluster of that size. */
export function networkInside({ network, nodes }: Layout, node: Node, count: number): string[][] {
  const others = nodes.slice(0, count).filter(({ name }) => name !== node.name);
  const sysctl = (setting: string) => ["sysctl", "-qw", setting];
  return [
    ...(node.addresses.some(isIPv6) ? ["all", "default"].map(withIpv6).map(sysctl) : []),
    ["ip", "link", "set", "lo", "up"],
    ["ip", "link", "set", "eth0", "up"],
    ...node.addresses.flatMap((address, index) => [
      ["ip", "addr", "add", ...onLink(address), "dev", "eth0"],
      ["ip", "route", "add", "default", "via", network.hosts[index] ?? ""],
      ...others.map(({ podRanges, addresses }) => [
        ...["ip", "route", "add", podRanges[index] ?? "", "via", addresses[index] ?? ""],
      ]),
      sysctl(isIPv6(address) ? "net.ipv6.conf.all.forwarding=1" : "net.ipv4.ip_forward=1"),
    ]),
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
