import assert from "node:assert/strict";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { IPod } from "kubernetes-models/v1/Pod";
import type { IService } from "kubernetes-models/v1/Service";
import { test } from "uvu";
import { $ } from "zx";
import { admittedNamespace } from "../../generators/components/network-policies.js";
import { type End, edges } from "../../generators/derive/edges.js";
import { grafana } from "../../generators/grafana/index.js";
import { stack } from "../../generators/index.js";
import { selector } from "../../generators/lib/labels.js";
import { restrictedContainer, restrictedPod } from "../../generators/lib/security.js";
import { scrapeJobs } from "../../generators/prometheus/scrape/index.js";
import { defaults } from "../../generators/settings/index.js";
import { podProcesses } from "../../scripts/lib/cluster/cgroups.js";
import { pidOf } from "../../scripts/lib/cluster/daemons.js";
import { pauseReference } from "../../scripts/lib/cluster/images.js";
import { type Cluster, cluster } from "../../scripts/lib/cluster/index.js";
import { initOf } from "../../scripts/lib/cluster/node.js";
import { applyObjects } from "../../scripts/lib/kubectl.js";
import { root } from "../../scripts/lib/project.js";
import { allowed } from "../../scripts/lib/rendered/network-policy.js";
import { waitFor } from "../../scripts/lib/wait.js";
import { type Connection, connections, inWords, type Party, withoutEach } from "../lib/policy-matrix.js";
import { eventually } from "./lib/eventually.js";
import { type Prober, prober } from "./lib/prober.js";
import { prodShape } from "./lib/prod-shape.js";

const namespace = "monitoring";
const needed = edges([...stack(defaults), grafana(defaults)], scrapeJobs(defaults), "prometheus");

/** Namespaces beside ours: one whose pods are let in, and one where anybody may give a pod any label. */
const others = { "proof-admitted": admittedNamespace, "proof-elsewhere": {} };
const label = { "plain-prometheus/proof": "policies" };

/** Pods of nobody that only hold an address. Grafana's image is not to be had here. */
const standIns = [
  { name: "proof-grafana", home: namespace, labels: selector("grafana") },
  { name: "proof-stranger", home: namespace, labels: { app: "stranger" } },
  { name: "proof-admitted", home: "proof-admitted", labels: { app: "proxy" } },
  { name: "proof-namesake", home: "proof-elsewhere", labels: selector("prometheus") },
];

let running: Cluster;
let policies: readonly INetworkPolicy[];
let parties: readonly Party[];
/** Every address of a party, by its name: of each family that the cluster has. */
const addressesOf = new Map<string, readonly string[]>();
const probers = new Map<string, Prober>();

test.before(async () => {
  const args = ["--overlay", "overlays/prod", ...prodShape];
  await $({ cwd: root, quiet: true, stdio: ["ignore", "ignore", "inherit"] })`npm run -s up -- ${args}`;
  running = (await cluster.current()) ?? assert.fail("npm run up succeeded, and there is no cluster");
  policies = await list<INetworkPolicy>("networkpolicies", namespace);
  await create();
  parties = await whoIsThere();
});

test.after(async () => {
  for (const one of probers.values()) one.end();
  if (running === undefined) return;
  const ours = ["--selector", "plain-prometheus/proof=policies", "--all-namespaces", "--now"];
  await running.kubectl.text(["delete", "pods", ...ours]);
  await running.kubectl.text(["delete", "namespaces", ...Object.keys(others), "--wait=false"]);
});

test("every declared connection gets through, and no other one", async () => {
  const all = tried();
  const through = await results(all);
  const wrong = all.filter((one, index) => through[index]?.includes(true) && !one.needed);
  assert.deepEqual(wrong.map(inWords), []);
  // What a busy machine was slow to let through is tried again.
  let late = all.filter((one, index) => through[index]?.includes(false) && one.needed);
  await eventually("every declared connection", async () => {
    const again = await results(late);
    late = late.filter((_, index) => again[index]?.includes(false));
    assert.deepEqual(late.map(inWords), []);
    return true;
  });
  assert.ok(all.filter((one) => one.needed).length > 50);
});

test("by their Services it is the same", async () => {
  const at = async (name: string, home: string, port: number, protocol: "TCP" | "UDP" = "TCP") => {
    const { spec } = await running.kubectl.json<IService>(["get", "service", name, "--namespace", home]);
    return { address: spec?.clusterIP ?? "", port, protocol };
  };
  const [api, dns, dnsByTcp, prometheus] = [
    await at("kubernetes", "default", 443),
    await at("kube-dns", "kube-system", 53, "UDP"),
    await at("kube-dns", "kube-system", 53),
    await at("prometheus", namespace, 9090),
  ];
  const cases = [
    ["prometheus-0", [true, false, false, true]],
    ["alertmanager-0", [false, true, true, false]],
    ["proof-stranger", [false, false, false, false]],
    ["proof-admitted", [true, true, true, true]],
    ["proof-namesake", [true, true, true, false]],
  ] as const;
  for (const [name, expected] of cases) {
    await eventually(`${name} to reach what it may`, async () => {
      const attempts = [api, dns, dnsByTcp, prometheus];
      assert.deepEqual(await probers.get(name)?.gotThrough(attempts), expected);
      return true;
    });
  }
});

test("a node reaches its own pods, as the kubelet's probes and kubectl port-forward do", async () => {
  for (const { name, node } of await pods(namespace)) {
    const of = running.nodes.find((one) => one.name === node) ?? assert.fail(`no node ${node}`);
    const own = prober((await initOf(of)) ?? 0);
    for (const address of addressesOf.get(name) ?? []) {
      const attempts = [22, 8080, 9090, 9093].map((port) => ({ address, port, protocol: "TCP" }) as const);
      assert.deepEqual(await own.gotThrough(attempts), [true, true, true, true], `${name} at ${address}`);
    }
    own.end();
  }
});

test("who enforces starts again with the container runtime, and a pod that starts right then gets nowhere", async () => {
  const [node] = running.nodes;
  const daemonOf = (name: string) =>
    running.daemons.find((daemon) => daemon.name === name && daemon.node.name === node?.name) ?? assert.fail(name);
  const [runtime, agent] = [daemonOf("containerd"), daemonOf("kube-network-policies")];
  const before = [await pidOf(runtime), await pidOf(agent)];
  process.kill(before[0] ?? assert.fail("no containerd"), "SIGKILL");
  await eventually("both to run again", async () => {
    const after = [await pidOf(runtime), await pidOf(agent)];
    return after.every((pid, index) => pid !== undefined && pid !== before[index]);
  });
  const late = { name: "proof-late", home: namespace, labels: { app: "late" }, nodeName: node?.name };
  await applyObjects(running.kubectl, [standIn(late)]);
  const target = parties.find(({ name }) => name === "alertmanager-0")?.endpoint.address ?? "";
  const [pid] = await waitFor(
    async () => {
      const { metadata } = await running.kubectl.json<IPod>(["get", "pod", late.name, "--namespace", namespace]);
      const pids = await podProcesses(node ?? assert.fail(), metadata?.uid ?? "");
      return pids.length > 0 && pids;
    },
    { seconds: 120, pauseMilliseconds: 50, otherwise: () => new Error("the pod does not start") },
  );
  const from = prober(pid ?? 0);
  const tries = Array.from({ length: 5 }, () => ({ address: target, port: 9093, protocol: "TCP" }) as const);
  assert.deepEqual(await from.gotThrough(tries), [false, false, false, false, false]);
  from.end();
});

test("without any single rule of any policy a declared connection is cut, and no other one", async () => {
  const all = tried().filter((one) => one.needed);
  for (const { policy, direction, index, rule, left } of withoutEach(policies)) {
    const title = `${direction} ${index} of ${policy.metadata?.name}`;
    const cut = all.filter((one) => !isAllowed(left, one)).map(inWords);
    assert.ok(cut.length > 0, `nothing needs ${title}`);
    const rules = policy.spec?.[direction] ?? [];
    await patch(
      policy,
      direction,
      rules.filter((one) => one !== rule),
    );
    await eventually(`${title} to be missed`, async () => {
      const through = await results(all);
      for (const some of [through.map((one) => one.includes(false)), through.map((one) => !one.includes(true))]) {
        assert.deepEqual(all.filter((_, at) => some[at]).map(inWords), cut);
      }
      return true;
    });
    await patch(policy, direction, rules);
  }
});

test.run();

function isAllowed(among: readonly INetworkPolicy[], { from, to, port }: Connection): boolean {
  return allowed(among, from.endpoint, to.endpoint, port.port, port.protocol);
}

/** A node is let through to every pod here, so that it is asked only whether others reach it. */
function tried(): readonly Connection[] {
  return connections(parties, needed, namespace).filter(({ from }) => probers.has(from.name));
}

/** Whether each got through, to each address of the other end; tried at the same time. */
async function results(all: readonly Connection[]): Promise<readonly (readonly boolean[])[]> {
  const through = new Map(all.map((one) => [one, [] as boolean[]]));
  await Promise.all(
    [...probers].map(async ([name, from]) => {
      const own = all
        .filter((one) => one.from.name === name)
        .flatMap((one) => (addressesOf.get(one.to.name) ?? []).map((address) => ({ one, address })));
      const attempts = own.map(({ one, address }) => ({ ...one.port, address }));
      for (const [index, got] of (await from.gotThrough(attempts)).entries()) {
        const tried = own[index];
        if (tried !== undefined) through.get(tried.one)?.push(got);
      }
    }),
  );
  return [...through].map(([one, got]) => (got.length > 0 ? got : assert.fail(`nobody tried ${inWords(one)}`)));
}

async function create(): Promise<void> {
  const items = [
    ...Object.entries(others).map(([name, labels]) => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, labels },
    })),
    ...standIns.map(standIn),
  ];
  await applyObjects(running.kubectl, items);
  for (const { name, home } of standIns) {
    await running.kubectl.text(["wait", "--for=condition=Ready", `pod/${name}`, "--namespace", home, "--timeout=120s"]);
  }
}

function standIn(pod: { name: string; home: string; labels: object; nodeName?: string | undefined }): object {
  const { name, home, labels, nodeName } = pod;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: home, labels: { ...labels, ...label } },
    spec: {
      automountServiceAccountToken: false,
      securityContext: restrictedPod,
      containers: [{ name: "pause", image: pauseReference, securityContext: restrictedContainer }],
      ...(nodeName !== undefined && { nodeName }),
    },
  };
}

interface Found {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly addresses: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

async function pods(home: string): Promise<readonly Found[]> {
  return (await list<IPod>("pods", home)).map(({ metadata, spec, status }) => ({
    name: metadata?.name ?? "",
    uid: metadata?.uid ?? "",
    node: spec?.nodeName ?? "",
    addresses: (status?.podIPs ?? []).flatMap(({ ip }) => ip ?? []),
    labels: metadata?.labels ?? {},
  }));
}

/** Every pod that policies may be about, with somebody who tries connections out of it; and the nodes. */
async function whoIsThere(): Promise<readonly Party[]> {
  const found: Party[] = running.nodes.map(({ name, address }) => ({ name, end: "nodes", endpoint: { address } }));
  for (const { name, addresses } of running.nodes) addressesOf.set(name, addresses);
  for (const home of [namespace, "kube-system", ...Object.keys(others)]) {
    for (const { name, uid, node, addresses, labels } of await pods(home)) {
      const [address = ""] = addresses;
      addressesOf.set(name, addresses);
      const on = running.nodes.find((one) => one.name === node) ?? assert.fail(`no node ${node}`);
      const [pid] = await podProcesses(on, uid);
      probers.set(name, prober(pid ?? assert.fail(`${name} does not run`)));
      const namespaceLabels = home in others ? others[home as keyof typeof others] : {};
      const end = endOf(home, labels);
      const pod = { namespace: home, labels, namespaceLabels };
      found.push({ name, endpoint: { address, pod }, ...(end !== undefined && { end }) });
    }
  }
  return found;
}

function endOf(home: string, labels: Readonly<Record<string, string>>): End | undefined {
  if (home === "kube-system") return "name servers";
  if (home === "proof-admitted") return "admitted";
  const base = labels["app.kubernetes.io/name"];
  return home === namespace && base !== undefined ? { base } : undefined;
}

async function list<T>(kind: string, home: string): Promise<readonly T[]> {
  return (await running.kubectl.json<{ items: readonly T[] }>(["get", kind, "--namespace", home])).items;
}

async function patch({ metadata }: INetworkPolicy, direction: string, rules: readonly object[]): Promise<void> {
  const of = ["networkpolicy", metadata?.name ?? "", "--namespace", namespace];
  const change = JSON.stringify({ spec: { [direction]: rules } });
  await running.kubectl.text(["patch", ...of, "--type=merge", "--patch", change]);
}
