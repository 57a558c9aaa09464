import assert from "node:assert/strict";
import { BlockList } from "node:net";
import { test } from "uvu";
import { bridge, network, nodesOf, secondFamily } from "../../../../scripts/lib/cluster/layout.js";
import { networkInside, overlap, routeInTheWay } from "../../../../scripts/lib/cluster/network.js";

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
  assert.equal(routeInTheWay([...harmless, vpn]), vpn);
  assert.equal(routeInTheWay([...harmless, { dst: network.nodes, dev: bridge }]), undefined);
});

test("nodes, pods and Services are in the one range, apart from each other", () => {
  const [first, second] = nodesOf(2).map(({ podRange }) => podRange);
  const parts = [network.nodes, first, second, network.services].map(String);
  for (const [index, part] of parts.entries()) {
    assert.ok(overlap(part, network.range), part);
    for (const other of parts.slice(index + 1)) assert.ok(!overlap(part, other), `${part} and ${other}`);
  }
  for (const pods of [first, second]) assert.ok(overlap(String(pods), network.pods));
  for (const service of [network.apiService, network.dnsService]) assert.ok(overlap(service, network.services));
});

test("a name of an interface is not too long for the kernel", () => {
  for (const name of [bridge, ...nodesOf(2).map(({ cable }) => cable)]) assert.ok(name.length <= 15, name);
});

test("a node finds the pods of the other one", () => {
  const [first, second] = nodesOf(2);
  assert.ok(first !== undefined && second !== undefined);
  const routes = networkInside(first, 2).map((command) => command.join(" "));
  assert.ok(routes.includes(`ip route add ${second.podRange} via ${second.address}`));
  assert.ok(!networkInside(first, 1).some((command) => command.includes(second.podRange)));
});

test("a node speaks IPv6 only where the cluster has both families, and then finds the other one's pods by it too", () => {
  const [first, second] = nodesOf(2);
  assert.ok(first !== undefined && second !== undefined);
  const lines = (dualStack: boolean) => networkInside(first, 2, dualStack).map((command) => command.join(" "));
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
  const [first = "", second = ""] = nodesOf(2).map(({ podRange6 }) => podRange6);
  for (const pods of [first, second]) assert.ok(among(pods, secondFamily.pods), pods);
  assert.ok(!among(second, first, secondFamily.services));
  assert.ok(!among(secondFamily.services, secondFamily.pods));
});

test.run();
