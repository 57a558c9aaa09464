import assert from "node:assert/strict";
import { BlockList } from "node:net";
import { test } from "uvu";
import { type Families, type Layout, layoutOf, placeOf, slotCount } from "../../../../scripts/lib/cluster/layout.js";
import { networkInside, overlap, routeInTheWay } from "../../../../scripts/lib/cluster/network.js";

const layouts = Array.from({ length: slotCount }, (_, slot) => layoutOf(placeOf(`c${slot}`), slot, ["IPv4", "IPv6"]));
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
  assert.equal(routeInTheWay([...harmless, { dst: network.nodes[0], dev: network.bridge }], network), undefined);
});

test("nodes, pods and Services are in the one range, apart from each other", () => {
  const parts = [network.nodes[0], first.podRanges[0], second.podRanges[0], network.services[0]];
  for (const [index, part] of parts.entries()) {
    assert.ok(overlap(part, network.range), part);
    for (const other of parts.slice(index + 1)) assert.ok(!overlap(part, other), `${part} and ${other}`);
  }
  for (const { podRanges } of [first, second]) assert.ok(overlap(podRanges[0], network.pods[0]));
  for (const service of [network.apiServices[0], network.dnsService]) {
    assert.ok(overlap(service, network.services[0]));
  }
});

test("a name of an interface is not too long for the kernel", () => {
  for (const name of layouts.flatMap(links)) assert.ok(name.length <= 15, name);
});

test("a node finds the pods of the other one", () => {
  const routes = networkInside(layout, first, 2).map((command) => command.join(" "));
  assert.ok(routes.includes(`ip route add ${second.podRanges[0]} via ${second.address}`));
  assert.ok(!networkInside(layout, first, 1).some((command) => command.includes(second.podRanges[0])));
});

test("a node speaks the families that its cluster has, and finds the other one's pods by each", () => {
  const lines = (...families: Families) => {
    const layout = layoutOf(placeOf(), 0, families);
    return networkInside(layout, layout.nodes[0], 2).map((command) => command.join(" "));
  };
  const four = "ip route add 10.250.65.0/24 via 10.250.0.3";
  const six = "ip route add fd50:726f:6d00:41::/64 via fd50:726f:6d00::3";
  for (const [families, routes] of [
    [["IPv4"], [four]],
    [["IPv6"], [six]],
    [
      ["IPv6", "IPv4"],
      [six, four],
    ],
  ] as const) {
    assert.deepEqual(
      lines(...families).filter((line) => [four, six].includes(line)),
      routes,
    );
  }
  assert.ok(!lines("IPv4").some((line) => /ipv6|:/.test(line)));
  assert.ok(!lines("IPv6").some((line) => /ipv4|10[.]/.test(line)));
});

test("the first family is what a cluster is known by", () => {
  const { network, nodes } = layoutOf(placeOf(), 0, ["IPv6", "IPv4"]);
  assert.equal(nodes[0].address, "fd50:726f:6d00::2");
  assert.deepEqual(nodes[0].addresses, ["fd50:726f:6d00::2", "10.250.0.2"]);
  assert.equal(network.dnsService, "fd50:726f:6d00:ffff::a");
});

test("pods and Services of IPv6 are apart, and the pods of every node among those of kube-proxy", () => {
  const prefix = (range: string) => range.split("/") as [string, string];
  const among = (range: string, ...ranges: readonly string[]) => {
    const list = new BlockList();
    for (const one of ranges) list.addSubnet(prefix(one)[0], Number(prefix(one)[1]), "ipv6");
    return list.check(prefix(range)[0], "ipv6");
  };
  const { network, nodes } = layoutOf(placeOf(), 0, ["IPv6"]);
  const [one, other] = nodes.map(({ podRanges }) => podRanges[0]) as [string, string];
  for (const range of [one, other]) assert.ok(among(range, network.pods[0]), range);
  assert.ok(!among(other, one, network.services[0]));
  assert.ok(!among(network.services[0], network.pods[0]));
  assert.ok(among(`${network.dnsService}/128`, network.services[0]));
});

test("clusters side by side share no address, no interface, no folder and no cgroup", () => {
  const own = layouts.map(({ id, state, data, kubeconfig, network, nodes }) => [
    ...[id, state, data, kubeconfig, ...network.pods, ...network.services],
    ...nodes.flatMap(({ addresses, podRanges, state, data, cgroup, logs }) => [
      ...[...addresses, ...podRanges, state, data, cgroup, logs],
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
