import assert from "node:assert/strict";
import { BlockList } from "node:net";
import { test } from "uvu";
import { type Layout, layoutOf, placeOf, slotCount } from "../../../../scripts/lib/cluster/layout.js";
import { networkInside, overlap, routeInTheWay } from "../../../../scripts/lib/cluster/network.js";

const layouts = Array.from({ length: slotCount }, (_, slot) => layoutOf(placeOf(`c${slot}`), slot));
const layout = layoutOf(placeOf(), 0);
const { network } = layout;
const [first, second] = layout.nodes;

/** The names of the interfaces of a cluster, on the machine. */
const links = ({ network, nodes }: Layout) => [network.bridge, ...nodes.map(({ cable }) => cable)];

test("ranges overlap when one holds an address of the other", () => {
  assert.ok(overlap("10.250.0.0/16", "10.250.3.7"));
  assert.ok(overlap("10.0.0.0/8", "10.250.0.0/16"));
  assert.ok(overlap("10.250.255.255/32", "10.250.0.0/16"));
  assert.ok(!overlap("10.251.0.0/16", "10.250.0.0/16"));
  assert.ok(!overlap("10.249.255.0/24", "10.250.0.0/16"));
});

test("a route that holds a part of the cluster's range is in the way, a default route and its own are not", () => {
  const vpn = { dst: "10.0.0.0/8", dev: "tun0" };
  const harmless = [
    { dst: "default", dev: "eth0" },
    { dst: "192.168.1.0/24", dev: "eth0" },
  ];
  assert.equal(routeInTheWay([...harmless, vpn], network), vpn);
  assert.equal(routeInTheWay([...harmless, { dst: network.nodes, dev: network.bridge }], network), undefined);
});

test("nodes, pods and Services are in the one range, apart from each other", () => {
  const parts = [network.nodes, first.podRange, second.podRange, network.services];
  for (const [index, part] of parts.entries()) {
    assert.ok(overlap(part, network.range), part);
    for (const other of parts.slice(index + 1)) assert.ok(!overlap(part, other), `${part} and ${other}`);
  }
  for (const { podRange } of [first, second]) assert.ok(overlap(podRange, network.pods));
  for (const service of [network.apiService, network.dnsService]) assert.ok(overlap(service, network.services));
});

test("a name of an interface is not too long for the kernel", () => {
  for (const name of layouts.flatMap(links)) assert.ok(name.length <= 15, name);
});

test("a node finds the pods of the other one", () => {
  const routes = networkInside(layout, first, 2).map((command) => command.join(" "));
  assert.ok(routes.includes(`ip route add ${second.podRange} via ${second.address}`));
  assert.ok(!networkInside(layout, first, 1).some((command) => command.includes(second.podRange)));
});

test("a node speaks IPv6 only where the cluster has both families, and then finds the other one's pods by it too", () => {
  const lines = (dualStack: boolean) => networkInside(layout, first, 2, dualStack).map((command) => command.join(" "));
  assert.ok(lines(true).includes(`ip -6 route add ${second.podRange6} via ${second.address6}`));
  assert.ok(!lines(false).some((line) => /ipv6|:/.test(line)));
});

test("pods and Services of the second family are apart, and the pods of every node among those of kube-proxy", () => {
  const prefix = (range: string) => range.split("/") as [string, string];
  const among = (range: string, ...ranges: readonly string[]) => {
    const list = new BlockList();
    for (const one of ranges) list.addSubnet(prefix(one)[0], Number(prefix(one)[1]), "ipv6");
    return list.check(prefix(range)[0], "ipv6");
  };
  for (const { podRange6 } of [first, second]) assert.ok(among(podRange6, network.pods6), podRange6);
  assert.ok(!among(second.podRange6, first.podRange6, network.services6));
  assert.ok(!among(network.services6, network.pods6));
});

test("clusters side by side share no address, no interface, no folder and no cgroup", () => {
  const own = layouts.map(({ id, state, data, kubeconfig, network, nodes }) => [
    ...[id, state, data, kubeconfig, network.pods6, network.services6],
    ...nodes.flatMap(({ address6, podRange6, state, data, cgroup, logs }) => [
      ...[address6, podRange6, state, data, cgroup, logs],
    ]),
  ]);
  const all = [...own.flat(), ...layouts.flatMap(links)];
  assert.equal(new Set(all).size, all.length);
  for (const [index, { network }] of layouts.entries()) {
    for (const other of layouts.slice(index + 1)) assert.ok(!overlap(network.range, other.network.range));
  }
});

test("a name that would not do as part of a path or a context is refused", () => {
  for (const name of ["", "B", "a/b", "a.b", "-a", "a-", "a".repeat(21)]) {
    assert.throws(() => placeOf(name), /is no name of an embedded cluster/, name);
  }
  assert.equal(placeOf("b").id, "plain-prometheus.b");
});

test.run();
