import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "uvu";
import { parse } from "yaml";
import { $ } from "zx";
import { paths } from "../../generators/prometheus/paths.js";
import { type RelabelStep, relabel } from "../../metrics/relabelling.js";
import type { ScrapeConfig } from "../../metrics/scrape-job.js";
import { derivationsIn } from "../../proof/lib/rbac/derivation.js";
import { holdersIn, type Removal, removalsOf } from "../../proof/lib/rbac/removals.js";
import { bundleOf } from "../../scripts/lib/bundle/index.js";
import { runChecks } from "../../scripts/lib/checks/index.js";
import { Failure } from "../../scripts/lib/failure.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";
import { find, ofKind, type Rendered } from "../../scripts/lib/rendered/objects.js";
import { prometheusesOf } from "../../scripts/lib/rendered/prometheus.js";

const scratch = await mkdtemp(join(tmpdir(), "plain-prometheus-agent-on-nodes-"));
test.after(() => rm(scratch, { recursive: true }));

interface Node {
  readonly name: string;
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
}

const linux = { "kubernetes.io/os": "linux" };
const nodes: readonly Node[] = [
  { name: "a", address: "192.0.2.1", labels: { ...linux, "node-role.kubernetes.io/control-plane": "" } },
  { name: "b.example", address: "2001:db8::2", labels: { ...linux, zone: "x" } },
  { name: "windows", address: "192.0.2.3", labels: { "kubernetes.io/os": "windows" } },
  { name: "fargate", address: "192.0.2.4", labels: { ...linux, "eks.amazonaws.com/compute-type": "fargate" } },
  { name: "virtual", address: "192.0.2.5", labels: { ...linux, type: "virtual-kubelet" } },
];
/** Where a DaemonSet has pods. */
const machines = nodes.slice(0, 2);

type Labels = Readonly<Record<string, string>>;

/** What discovery of role `node` finds. Source: discovery/kubernetes/node.go of Prometheus. */
function discovered({ name, address, labels }: Node): Labels {
  const own = Object.entries(labels).flatMap(([label, value]) => {
    const key = label.replace(/\W/g, "_");
    return [
      [`__meta_kubernetes_node_label_${key}`, value],
      [`__meta_kubernetes_node_labelpresent_${key}`, "true"],
    ];
  });
  return {
    ...Object.fromEntries(own),
    __address__: address.includes(":") ? `[${address}]:10250` : `${address}:10250`,
    instance: name,
    __meta_kubernetes_node_name: name,
    __meta_kubernetes_node_address_InternalIP: address,
  };
}

/** What the container before an agent writes down on a node, which a real shell does here. */
async function writtenDown({ objects }: Rendered, { name, address }: Node): Promise<Labels[]> {
  const pod = ofKind(objects, "apps/v1/DaemonSet").find(({ metadata }) => metadata.name === "prometheus-node");
  const [container] = pod?.spec?.template?.spec?.initContainers ?? [];
  const [shell = "", ...flags] = container?.command ?? [];
  const [script = ""] = container?.args ?? [];
  const fields = { "spec.nodeName": name, "status.hostIP": address };
  const env = Object.fromEntries(
    (container?.env ?? []).map(({ name, valueFrom }) => [
      name,
      fields[valueFrom?.fieldRef?.fieldPath as keyof typeof fields],
    ]),
  );
  await $({ quiet: true, env })`${shell} ${flags} ${script.replaceAll(paths.node, scratch)}`;
  const groups = parse(await readFile(join(scratch, "self.yml"), "utf8")) as { targets: string[]; labels: Labels }[];
  return groups.flatMap(({ targets, labels }) => targets.map((target) => ({ ...labels, __address__: target })));
}

/** The labels that targets have in the end. */
function scraped(found: readonly Labels[], steps: readonly RelabelStep[] = []): string[] {
  return found.flatMap((labels) => {
    // What discovery does not tell is empty.
    const empty = steps.flatMap(({ source_labels = [] }) => source_labels).map((name) => [name, ""] as const);
    const done = relabel(new Map([...empty, ...Object.entries(labels)]), steps);
    if (!("labels" in done)) return [];
    const last = [...done.labels].filter(([name]) => name === "__address__" || !name.startsWith("__"));
    return [JSON.stringify(last.sort(([one], [other]) => (one < other ? -1 : 1)))];
  });
}

const endpoint = {
  configMapGenerator: [
    {
      name: "remote-write-endpoint",
      namespace: "monitoring-system",
      behavior: "merge",
      literals: ["url=https://metrics.example.com/api/v1/write"],
    },
  ],
};

async function overlay(...components: readonly string[]): Promise<Rendered> {
  return await overlayWith(endpoint, components);
}

async function overlayWith(fields: object, components: readonly string[]): Promise<Rendered> {
  const folder = await mkdtemp(join(scratch, "overlay-"));
  const text = {
    namespace: "elsewhere",
    resources: [relative(folder, join(root, "base"))],
    components: components.map((name) => relative(folder, join(root, "base/components", name))),
    ...fields,
  };
  await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(text));
  return await render(folder);
}

/** The jobs of a Prometheus. */
function jobsIn(rendered: Rendered, name: string): Map<string, ScrapeConfig> {
  const { clients = [] } =
    prometheusesOf(rendered).find(({ workload }) => workload.object.endsWith(`/${name}`)) ?? assert.fail(name);
  const jobs = clients.map(({ config }) => config as ScrapeConfig).filter(({ job_name }) => job_name !== undefined);
  return new Map(jobs.map((job) => [job.job_name, job]));
}

const control = ["kube-scheduler", "kube-controller-manager"];
const variants = [
  [],
  [
    "kubelet-paths",
    "kube-proxy",
    ...control,
    "insecure-kubelet-tls",
    "insecure-kubelet-paths-tls",
    "lean",
    "native-histograms",
  ],
  ["platform-k3s", "lean"],
];

for (const listed of variants) {
  test(`each target of a cluster is scraped once, with its labels, with ${listed.join(", ") || "nothing else"}`, async () => {
    const [alone, shared] = await Promise.all([
      overlay(...listed, "prometheus-ha", "agent"),
      overlay(...listed, "prometheus-ha", "agent", "agent-on-nodes"),
    ]);
    const [before, central, agents] = [
      jobsIn(alone, "prometheus"),
      jobsIn(shared, "prometheus"),
      jobsIn(shared, "prometheus-node"),
    ];
    assert.deepEqual([...central.keys()], [...before.keys()]);
    assert.ok(agents.has("kubelet") && agents.has("cadvisor") && agents.has("node-exporter"));
    assert.equal(agents.has("kube-proxy"), listed.includes("kube-proxy"));
    for (const [name, job] of before) {
      const [rest, own] = [central.get(name), agents.get(name)];
      if (own === undefined) {
        // The job prometheus has more targets.
        assert.deepEqual({ ...rest, target_limit: 0 }, { ...job, target_limit: 0 });
        continue;
      }
      assert.equal(own.kubernetes_sd_configs, undefined, name);
      assert.deepEqual(own.file_sd_configs, [{ files: ["/etc/prometheus/node/self.yml"] }]);
      const { kubernetes_sd_configs: discovery, ...same } = job;
      assert.deepEqual(discovery, [{ role: "node" }]);
      assert.deepEqual({ ...own, file_sd_configs: undefined }, { ...same, file_sd_configs: undefined });
      const selectors = [{ role: "node", label: "kubernetes.io/os!=linux" }];
      assert.deepEqual(rest, { ...job, kubernetes_sd_configs: [{ role: "node", selectors }] });
      const elsewhere = nodes.filter(({ labels }) => labels["kubernetes.io/os"] !== "linux").map(discovered);
      const found = [...scraped(elsewhere, job.relabel_configs)];
      for (const node of machines) found.push(...scraped(await writtenDown(shared, node), own.relabel_configs));
      assert.deepEqual(found.sort(), scraped(nodes.map(discovered), job.relabel_configs).sort(), name);
      assert.ok(found.length >= 2, name);
    }
    assert.ok(![...agents.keys()].some((name) => control.includes(name)));
    assert.equal(central.get("prometheus")?.target_limit, 220);
  });
}

test("an agent on a node may read the metrics of kubelets and nothing else, and has no label replica", async () => {
  const rendered = await overlay("prometheus-ha", "agent", "agent-on-nodes");
  const { objects } = rendered;
  const role = find(objects, "rbac.authorization.k8s.io/v1/ClusterRole", "plain-prometheus:prometheus-node", undefined);
  assert.deepEqual(role?.rules, [{ apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] }]);
  const [{ onNodes } = {}] = bundleOf(rendered).shards ?? [];
  assert.equal(onNodes?.serviceAccount, "prometheus-node");
  assert.deepEqual(
    onNodes?.roles.map(({ rules }) => rules),
    [role?.rules],
  );
  assert.deepEqual(onNodes?.jobs.toSorted(), ["cadvisor", "kubelet", "node-exporter"]);
  const removals = (account: string) =>
    removalsOf(holdersIn(rendered).find(({ name }) => name === account) ?? assert.fail(account), rendered);
  const neededBy = (removal: Removal) => derivationsIn(rendered)(removal)?.neededBy.toSorted();
  assert.deepEqual(removals("prometheus-node").map(neededBy), [["cadvisor", "kubelet"]]);
  // Every Linux node has an agent of its own, so the central job node-exporter has no target left.
  const listing = removals("prometheus").filter(({ permission }) => permission.resources?.join() === "nodes");
  assert.deepEqual(listing.map(neededBy), [["cadvisor", "kubelet"]]);
  const text = find(objects, "v1/ConfigMap", "prometheus-node-config", "elsewhere")?.data?.["prometheus.yml"] ?? "";
  const { global, remote_write } = parse(text) as {
    global: { external_labels: Labels };
    remote_write: readonly { url: string; queue_config: { max_shards: number } }[];
  };
  assert.deepEqual(global.external_labels, { cluster: "${CLUSTER}" });
  assert.deepEqual(
    remote_write.map(({ url, queue_config }) => [url, queue_config.max_shards]),
    [["https://metrics.example.com/api/v1/write", 1]],
  );
});

const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["without the agent", ["agent-on-nodes"], /agent-on-nodes needs agent, listed before it/],
  ["before the agent", ["agent-on-nodes", "agent"], /agent-on-nodes needs agent, listed before it/],
  ["before what changes jobs", ["agent", "agent-on-nodes", "lean"], /agent has to come after lean/],
  [
    "with its policies alone",
    ["agent", "agent-on-nodes", "agent-on-nodes-network-policies"],
    /needs network-policies, /,
  ],
  ["beside a password", ["basic-auth", "agent", "agent-on-nodes"], /ask nobody for a password/],
];

for (const [how, listed, message] of refused) {
  test(`${how} it does not build, and the error says why`, async () => {
    await assert.rejects(
      overlay(...listed),
      (error: unknown) => error instanceof Failure && message.test(error.message),
    );
  });
}

test("without a URL the build says where that goes", async () => {
  const found = [...(await runChecks(await overlayWith({}, ["agent", "agent-on-nodes"]))).values()].flat();
  assert.deepEqual(found.map(({ object }) => object).sort(), [
    "ConfigMap elsewhere/prometheus-config",
    "ConfigMap elsewhere/prometheus-node-config",
  ]);
  for (const { fix } of found) assert.match(fix, /set remoteWrite.url in settings.yaml/);
});

test("an overlay that names its cluster names it for the agents on nodes too, or does not build", async () => {
  const naming = (kind: string, name: string) => ({
    target: { kind, name },
    patch: JSON.stringify({
      kind,
      apiVersion: "apps/v1",
      metadata: { name },
      spec: {
        template: { spec: { containers: [{ name: "prometheus", env: [{ name: "CLUSTER", value: "berlin" }] }] } },
      },
    }),
  });
  const [central, agents] = [naming("Deployment", "prometheus"), naming("DaemonSet", "prometheus-node")];
  const found = async (...patches: object[]) =>
    [...(await runChecks(await overlayWith({ ...endpoint, patches }, ["agent", "agent-on-nodes"]))).values()].flat();
  assert.deepEqual(await found(central, agents), []);
  assert.deepEqual(
    (await found(central)).map(({ object, message }) => `${object}: ${message}`),
    [
      "DaemonSet elsewhere/prometheus-node: variable CLUSTER is devbox, and berlin in Deployment elsewhere/prometheus: their samples would be of two clusters",
    ],
  );
});

test("where connections are denied, its own Component lets them through, and the build says which", async () => {
  const listed = ["network-policies", "lean", "prometheus-ha", "agent", "agent-on-nodes"];
  const found = async (...names: string[]) => [...(await runChecks(await overlay(...names))).values()].flat();
  assert.deepEqual(await found(...listed, "agent-on-nodes-network-policies"), []);
  const refused = await found(...listed);
  assert.deepEqual(refused.map(({ message }) => message.replace(/, but no NetworkPolicy .*/, "")).sort(), [
    "job prometheus asks DaemonSet elsewhere/prometheus-node at port 9090",
    "prometheus.yml asks https://metrics.example.com at port 443",
    "prometheus.yml asks metrics.example.com by name",
  ]);
  assert.ok(refused.some(({ fix }) => fix.startsWith("list base/components/agent-on-nodes-network-policies, or ")));
});

test.run();
