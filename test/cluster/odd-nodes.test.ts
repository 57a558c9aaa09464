import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import type { INode } from "kubernetes-models/v1/Node";
import { test } from "uvu";
import { hostAndPort } from "../../scripts/lib/address.js";
import { applyObjects } from "../../scripts/lib/kubectl.js";
import { type Report, verify } from "../../scripts/lib/verify/index.js";
import { type Devbox, devbox } from "./lib/devbox.js";
import { eventually } from "./lib/eventually.js";
import { query, targets } from "./lib/prometheus.js";

// Nodes that are not like the others, beside the real one. What answers for them is the real kubelet, at other ports.

const kubeletPort = 10_250;
const linux = { "kubernetes.io/os": "linux" };
const room = { cpu: "4", memory: "8Gi", pods: "110" };
const lost = {
  type: "Ready",
  status: "Unknown",
  reason: "NodeStatusUnknown",
  message: "Kubelet stopped posting node status.",
};

let box: Devbox;
let report: Report;
let host: string;
let beating: NodeJS.Timeout;
const servers: Server[] = [];

test.before(async () => {
  box = await devbox();
  const { kubectl, layout } = box;
  await clear();
  [host] = layout.network.hosts;
  const nobody = (last: number) => host.replace(/\d+$/, `${last}`);
  // First of all: a node that was once silent is lost until its kubelet says otherwise.
  await beat();
  beating = setInterval(() => void beat(), 10_000);
  const another = await standIn(host);
  const windows = await standIn(host);
  await add("odd-port", { labels: linux, address: host, port: another });
  await add("windows", { labels: { "kubernetes.io/os": "windows" }, address: host, port: windows });
  await add("virtual", {
    labels: { ...linux, type: "virtual-kubelet" },
    address: nobody(97),
    taint: "virtual-kubelet.io/provider",
  });
  await add("off", { labels: linux, address: nobody(98), unschedulable: true, ready: lost });
  await add("lost", { labels: linux, address: nobody(99), ready: lost });
  await eventually("Prometheus to have asked the nodes", async () => {
    const found = (await targets(kubectl)).filter(({ labels }) => labels.node !== undefined);
    return found.length >= 14 && found.every(({ health }) => health !== "unknown");
  });
  report = await verify({ overlay: "overlays/devbox", kubectl });
});

test.after(async () => {
  clearInterval(beating);
  for (const server of servers) server.close();
  if (box !== undefined) await clear();
});

test("each node has the targets that its kind can have", async () => {
  const found = (await targets(box.kubectl)).filter(({ labels }) => labels.node !== undefined);
  const jobsAt = (node: string) =>
    found
      .filter(({ labels }) => labels.node === node)
      .map(({ labels, health }) => `${labels.job} ${health}`)
      .sort();
  assert.deepEqual(jobsAt("odd-port"), ["cadvisor up", "kubelet up", "node-exporter down"]);
  assert.deepEqual(jobsAt("windows"), ["cadvisor up", "kubelet up"]);
  assert.deepEqual(jobsAt("virtual"), []);
  for (const node of ["off", "lost"]) {
    assert.deepEqual(jobsAt(node), ["cadvisor down", "kubelet down", "node-exporter down"]);
  }
});

test("verify finds fault with what is away and says why, and not with what is meant to be otherwise", () => {
  const problems = report.replicas.flatMap(({ jobs }) => jobs.flatMap(({ problems }) => problems));
  const at = (node: string) => problems.filter(({ subject }) => subject.endsWith(`(node ${node})`));
  assert.deepEqual(at("windows"), []);
  assert.deepEqual(at("virtual"), []);
  assert.deepEqual(
    at("odd-port").map(({ subject }) => subject),
    [`node-exporter: ${hostAndPort(host, 9100)}/metrics (node odd-port)`],
  );
  for (const node of ["off", "lost"]) {
    assert.equal(at(node).length, 3);
    for (const { reason, cure } of at(node)) {
      assert.match(reason, new RegExp(`node ${node} is not Ready: Kubelet stopped posting node status`));
      assert.equal(cure, `first see why node ${node} is not ready: kubectl describe node ${node}`);
    }
  }
});

test("of the pods that nobody runs on lost nodes the node is the reason", () => {
  const reasons = report.problems.map(({ reason }) => reason).filter((reason) => /^nobody runs it/.test(reason));
  const nodes = reasons.map((reason) => /node (\w+) is not Ready/.exec(reason)?.[1]);
  assert.deepEqual(nodes.sort(), ["lost", "off"]);
});

test("alerts begin for the lost node and for what is missing, and for none that is as it is meant to be", async () => {
  const meant = ["KubeNodeUnreachable lost", "KubeletInstanceUnreachable lost", "NodeExporterDown odd-port"];
  await eventually("these alerts to begin", async () => {
    assert.deepEqual(await begun(), meant);
    return true;
  });
});

test.run();

/** Alerts about these nodes that wait or fire. */
async function begun(): Promise<string[]> {
  const found = await query(box.kubectl, 'ALERTS{node=~"odd-port|windows|virtual|off|lost"}');
  return found.map(({ metric }) => `${metric.alertname} ${metric.node}`).sort();
}

/** Lets the real kubelet answer at a port of the machine too; returns that port. */
async function standIn(host: string): Promise<number> {
  const kubelet = box.layout.nodes[0].address;
  const server = createServer((socket) => {
    const through = connect(kubeletPort, kubelet);
    socket.pipe(through).pipe(socket);
    for (const end of [socket, through]) end.on("error", () => end.destroy());
  }).listen(0, host);
  await once(server, "listening");
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

interface Odd {
  readonly labels: Readonly<Record<string, string>>;
  readonly address: string;
  readonly port?: number;
  readonly taint?: string;
  readonly unschedulable?: boolean;
  readonly ready?: { readonly type: string; readonly status: string };
}

async function add(
  name: string,
  { labels, address, port = kubeletPort, taint, unschedulable, ready }: Odd,
): Promise<void> {
  const node: INode = {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { ...labels, "plain-prometheus/proof": "odd" } },
    spec: {
      ...(unschedulable && { unschedulable }),
      ...(taint !== undefined && { taints: [{ key: taint, value: "azure", effect: "NoSchedule" }] }),
    },
  };
  await applyObjects(box.kubectl, [node]);
  const status = {
    addresses: [{ type: "InternalIP", address }],
    capacity: room,
    allocatable: room,
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    conditions: [ready ?? { type: "Ready", status: "True", reason: "KubeletReady", message: "it is" }],
  };
  const change = ["patch", "node", name, "--subresource=status", "--type=merge", "--patch", JSON.stringify({ status })];
  await box.kubectl.text(change);
}

/** Says for those that are meant to run that they do, as their kubelets would every ten seconds. */
async function beat(): Promise<void> {
  const spec = { leaseDurationSeconds: 40, renewTime: new Date().toISOString().replace("Z", "000Z") };
  const leases = ["odd-port", "windows", "virtual"].map((name) => ({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name, namespace: "kube-node-lease" },
    spec: { ...spec, holderIdentity: name },
  }));
  await applyObjects(box.kubectl, leases);
}

async function clear(): Promise<void> {
  await box.kubectl.text(["delete", "nodes", "--selector=plain-prometheus/proof=odd"]);
}
