import assert from "node:assert/strict";
import type { IEndpointSlice } from "kubernetes-models/discovery.k8s.io/v1/EndpointSlice";
import type { INode } from "kubernetes-models/v1/Node";
import type { IPod } from "kubernetes-models/v1/Pod";
import { test } from "uvu";
import { expectedTargets, podsOf, servicesOf } from "../../../../scripts/lib/verify/expected.js";

const kubelet = { every: "node", port: "kubelet" } as const;
const prometheus = { every: "endpoint", of: "prometheus", port: "http", in: "own namespace" } as const;

function node(name: string, addresses: readonly [type: string, address: string][], ready = "True"): INode {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name },
    status: {
      addresses: addresses.map(([type, address]) => ({ type, address })),
      daemonEndpoints: { kubeletEndpoint: { Port: 10251 } },
      conditions: [{ type: "Ready", status: ready, ...(ready !== "True" && { message: "kubelet stopped" }) }],
    },
  };
}

type Endpoints = NonNullable<IEndpointSlice["endpoints"]>;

function slice(
  addressType: "IPv4" | "IPv6",
  endpoints: Endpoints,
  ports = [{ name: "http", port: 9090 }],
): IEndpointSlice {
  return { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", addressType, endpoints, ports };
}

function pod(name: string, address: string, ready?: boolean): Endpoints[number] {
  return {
    addresses: [address],
    targetRef: { kind: "Pod", name, namespace: "monitoring" },
    ...(ready !== undefined && { conditions: { ready } }),
  };
}

function ofSlices(...slices: IEndpointSlice[]) {
  const inventory = { nodes: [], slices: new Map([["monitoring/prometheus", slices]]), pods: new Map() };
  return expectedTargets(prometheus, "/metrics", "monitoring", inventory);
}

test("every node has one target, at its internal address and the port that its kubelet reports", () => {
  const nodes = [
    node("a", [
      ["Hostname", "a"],
      ["InternalIP", "10.0.0.1"],
    ]),
    node("b", [["InternalIP", "10.0.0.2"]]),
  ];
  const targets = expectedTargets(kubelet, "/metrics/cadvisor", "monitoring", {
    nodes,
    slices: new Map(),
    pods: new Map(),
  });
  assert.deepEqual(targets, [
    { owner: "node a", addresses: ["10.0.0.1:10251"], path: "/metrics/cadvisor", required: true },
    { owner: "node b", addresses: ["10.0.0.2:10251"], path: "/metrics/cadvisor", required: true },
  ]);
});

test("a port of the host is the same on every node", () => {
  const nodes = [node("a", [["InternalIP", "10.0.0.1"]])];
  const expects = { every: "node", port: 9100 } as const;
  const [target] = expectedTargets(expects, "/metrics", "monitoring", { nodes, slices: new Map(), pods: new Map() });
  assert.deepEqual(target?.addresses, ["10.0.0.1:9100"]);
});

test("a job that is for Linux expects nothing of nodes of another system", () => {
  const nodes = ["linux", "windows"].map((os) => {
    const machine = node(os, [["InternalIP", "10.0.0.1"]]);
    return { ...machine, metadata: { ...machine.metadata, labels: { "kubernetes.io/os": os } } };
  });
  const expects = { every: "node", port: 9100, os: "linux" } as const;
  const targets = expectedTargets(expects, "/metrics", "monitoring", { nodes, slices: new Map(), pods: new Map() });
  assert.deepEqual(
    targets.map(({ owner }) => owner),
    ["node linux"],
  );
});

test("a dual-stack node is one target, at either address", () => {
  const nodes = [
    node("a", [
      ["InternalIP", "10.0.0.1"],
      ["InternalIP", "fd00::1"],
    ]),
  ];
  const targets = expectedTargets(kubelet, "/metrics", "monitoring", { nodes, slices: new Map(), pods: new Map() });
  assert.deepEqual(
    targets.map(({ addresses }) => addresses),
    [["10.0.0.1:10251", "[fd00::1]:10251"]],
  );
});

test("a node that is not Ready still has its target, and its trouble is known", () => {
  const nodes = [node("a", [["InternalIP", "10.0.0.1"]], "Unknown")];
  const [target] = expectedTargets(kubelet, "/metrics", "monitoring", { nodes, slices: new Map(), pods: new Map() });
  assert.equal(target?.required, true);
  assert.deepEqual(target?.trouble, {
    reason: "node a is not Ready: kubelet stopped",
    command: "kubectl describe node a",
  });
});

test("every endpoint at the named port has one target", () => {
  const extra = slice("IPv4", [pod("prometheus-0", "10.1.0.1")], [{ name: "grpc", port: 10901 }]);
  const targets = ofSlices(
    slice("IPv4", [pod("prometheus-0", "10.1.0.1"), pod("prometheus-1", "10.1.0.2", true)]),
    extra,
  );
  assert.deepEqual(
    targets.map(({ owner, addresses, required }) => [owner, addresses, required]),
    [
      ["pod prometheus-0", ["10.1.0.1:9090"], true],
      ["pod prometheus-1", ["10.1.0.2:9090"], true],
    ],
  );
});

test("an endpoint that is not ready may have a target and need not", () => {
  const [target] = ofSlices(slice("IPv4", [pod("prometheus-0", "10.1.0.1", false)]));
  assert.equal(target?.required, false);
  assert.equal(target?.trouble?.command, "kubectl -n monitoring describe pod prometheus-0");
});

test("a pod in slices of both address families is one target", () => {
  const targets = ofSlices(slice("IPv4", [pod("p", "10.1.0.1")]), slice("IPv6", [pod("p", "fd00::2")]));
  assert.deepEqual(
    targets.map(({ addresses }) => addresses),
    [["10.1.0.1:9090", "[fd00::2]:9090"]],
  );
});

test("an endpoint that is no pod stands for itself, as the API servers do", () => {
  const targets = ofSlices(slice("IPv4", [{ addresses: ["10.0.0.1"] }, { addresses: ["10.0.0.2"] }]));
  assert.deepEqual(
    targets.map(({ owner }) => owner),
    ["endpoint 10.0.0.1", "endpoint 10.0.0.2"],
  );
});

test("endpoints are looked for where the job says: beside Prometheus, or in default", () => {
  assert.deepEqual(servicesOf(prometheus, "elsewhere"), ["elsewhere/prometheus"]);
  assert.deepEqual(servicesOf({ ...prometheus, besides: ["shard"] }, "x"), ["x/prometheus", "x/shard"]);
  assert.deepEqual(servicesOf({ ...prometheus, of: "kubernetes", in: "default" }, "elsewhere"), ["default/kubernetes"]);
  assert.deepEqual(servicesOf(kubelet, "elsewhere"), []);
});

test("a job of the control plane expects nothing of other nodes", () => {
  const nodes = ["first", "worker"].map((name) => {
    const machine = node(name, [["InternalIP", "10.0.0.1"]]);
    const labels = name === "first" ? { "node-role.kubernetes.io/control-plane": "" } : {};
    return { ...machine, metadata: { ...machine.metadata, labels } };
  });
  const expects = { every: "node", port: 10259, part: "control-plane" } as const;
  const targets = expectedTargets(expects, "/metrics", "monitoring", { nodes, slices: new Map(), pods: new Map() });
  assert.deepEqual(
    targets.map(({ owner, addresses }) => [owner, addresses]),
    [["node first", ["10.0.0.1:10259"]]],
  );
});

const dns = { every: "pod", in: "kube-system", labels: { "k8s-app": "kube-dns" }, port: 9153 } as const;

function ofPods(...pods: IPod[]) {
  const inventory = { nodes: [], slices: new Map(), pods: new Map([[podsOf(dns) ?? "", pods]]) };
  return expectedTargets(dns, "/metrics", "monitoring", inventory);
}

function running(name: string, hosts: readonly string[], ready = "True"): IPod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "kube-system" },
    status: {
      phase: "Running",
      podIPs: hosts.map((ip) => ({ ip })),
      conditions: [{ type: "Ready", status: ready as "True" }],
    },
  };
}

test("every pod has one target, at either of its addresses", () => {
  assert.equal(podsOf(dns), "kube-system/k8s-app=kube-dns");
  assert.deepEqual(ofPods(running("a", ["10.1.0.1", "fd00::1"])), [
    { owner: "pod a", addresses: ["10.1.0.1:9153", "[fd00::1]:9153"], path: "/metrics", required: true },
  ]);
});

test("a pod that is not ready may have a target and need not, one that has ended has none", () => {
  const [target] = ofPods(running("a", ["10.1.0.1"], "False"));
  assert.equal(target?.required, false);
  assert.equal(target?.trouble?.command, "kubectl -n kube-system describe pod a");
  const ended = running("b", ["10.1.0.2"]);
  assert.deepEqual(ofPods({ ...ended, status: { ...ended.status, phase: "Failed" } }, running("c", [])), []);
});

test("an address that the job names is expected as it is", () => {
  const expects = { every: "address", address: "kubernetes.default.svc:443", of: "api servers" } as const;
  const none = { nodes: [], slices: new Map(), pods: new Map() };
  assert.deepEqual(expectedTargets(expects, "/m", "monitoring", none), [
    { owner: "api servers", addresses: ["kubernetes.default.svc:443"], path: "/m", required: true },
  ]);
});

test.run();
