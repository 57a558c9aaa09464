import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { INode } from "kubernetes-models/v1/Node";
import type { IPod } from "kubernetes-models/v1/Pod";
import { test } from "uvu";
import { stringify } from "yaml";
import { endpoint, remoteWriteSecret } from "../../generators/components/remote-write.js";
import { base } from "../../generators/index.js";
import { configMaps } from "../../generators/prometheus/pod.js";
import { settingsFrom } from "../../generators/settings/index.js";
import { type Cluster, cluster, imageSources } from "../../scripts/lib/cluster/index.js";
import { placeOf } from "../../scripts/lib/cluster/layout.js";
import { pki } from "../../scripts/lib/cluster/pki.js";
import { writeBase } from "../../scripts/lib/generate.js";
import { applyObjects, type Kubectl } from "../../scripts/lib/kubectl.js";
import { type Program, start } from "../../scripts/lib/poc/program.js";
import {
  type InstantSample,
  type PrometheusApi,
  prometheusBehind,
  prometheusInPod,
} from "../../scripts/lib/prometheus.js";
import { render } from "../../scripts/lib/render.js";
import { nameOf, type Rendered } from "../../scripts/lib/rendered/objects.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { verify } from "../../scripts/lib/verify/index.js";
import { type Problem, problemsOf } from "../../scripts/lib/verify/report.js";
import { eventually } from "./lib/eventually.js";
import { certificate } from "./lib/exporter.js";

/*
 * A server sends by message 2.0 and an agent by message 1.0, each to a receiver of its own, which go away for
 * minutes at once. Meanwhile two agents that scrape only themselves come to be let in, by a token and by a certificate; and
 * agents on the nodes, whose connections are denied unless they are declared, send to a receiver that stays.
 */

const secondsAway = Number(process.env.SECONDS_AWAY ?? 120);

/** Longer than what waits for other tests on a busy machine. */
const patience = 400_000;

/** The hash of `secret`, by bcrypt at the least cost. */
const hash = "$2a$04$zX/PHVmi0YCyN627cay3NOxvaY8ZKoI9weYtn3fgbdFga9FzeQ25W";
const password = { username: "admin", password: "secret" };
const authorization = `Basic ${Buffer.from("admin:secret").toString("base64")}`;

/** What the settings say; each overlay says another URL. Where policies are, the port in the settings is the one they open. */
const unused = "https://metrics.example.com/api/v1/write";

/** A Prometheus of an overlay, in the namespace of its name. */
interface Sender {
  readonly name: string;
  readonly rendered: Rendered;
}

type Api = Pick<PrometheusApi, "get">;

interface Receiver {
  readonly api: Api;
  start(): Promise<void>;
  stop(): Promise<void>;
}

let running: Cluster;
let kubectl: Kubectl;
let folder: string;
let senders: Readonly<Record<"server" | "agent" | "nodes" | "token" | "certificate", Sender>>;
let receivers: Readonly<Record<"server" | "agent", Receiver>>;
/** The one that stays, to which the agents on the nodes send. */
let staying: Receiver;
/** The endpoint that asks for a certificate. */
let strict: Program;
/** The one that asks for a token, and how many requests it let in. */
const guarded = createServer((request, response) => {
  const isLetIn = request.headers.authorization === "Bearer right";
  if (isLetIn) letIn += 1;
  request.resume().once("end", () => response.writeHead(isLetIn ? 204 : 401).end());
});
let letIn = 0;
/** When the receivers went away and came back, in seconds since 1970. */
let [left, back] = [0, 0];

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
  running = await cluster.start({ kubeletTls: "self-signed", nodes: 2, enforcing: true, images: imageSources() });
  kubectl = running.kubectl;
  const [host = ""] = running.layout.network.hosts;
  guarded.listen(9393, host);
  [receivers, staying, strict] = await Promise.all([
    Promise.all([receiverAt(`${host}:9391`), receiverAt(`${host}:9392`)]).then(([server, agent]) => ({
      server,
      agent,
    })),
    receiverAt(`${host}:9395`),
    strictAt(host, 9394),
  ]);
  await Promise.all([...Object.values(receivers), staying].map((one) => one.start()));
  const itself = ["cadvisor", "kubelet", "kubernetes-apiservers"];
  const [server, agent, nodes, token, identified] = await Promise.all([
    sender("sends-server", ["remote-write"], { auth: "basic", protocol: "v2" }, `http://${host}:9391`),
    sender("sends-agent", ["agent"], { auth: "basic", protocol: "v1" }, `http://${host}:9392`),
    sender(
      "sends-nodes",
      ["network-policies", "agent", "agent-on-nodes", "agent-on-nodes-network-policies"],
      { auth: "basic", url: `http://${host}:9395/api/v1/write` },
      `http://${host}:9395`,
      [],
      ["node-exporter"],
    ),
    sender("sends-token", ["agent"], { auth: "bearer", protocol: "v1" }, `http://${host}:9393`, itself),
    sender(
      "sends-certificate",
      ["agent"],
      { auth: "mtls", privateCa: true, protocol: "v2" },
      `https://${host}:9394`,
      itself,
    ),
  ]);
  senders = { server, agent, nodes, token, certificate: identified };
});

test.after(async () => {
  // Before the endpoints end: without them a Prometheus takes a minute to.
  if (senders !== undefined) {
    const own = Object.values(senders).flatMap(({ rendered }) => rendered.objects.map((one) => JSON.stringify(one)));
    await kubectl.text(["delete", "--ignore-not-found", "--filename=-"], { input: own.join("\n") });
  }
  guarded.close();
  await Promise.all([strict, receivers?.server, receivers?.agent, staying].map((one) => one?.stop()));
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

test("a server and agents send what they scrape with a password, and verify has nothing to say", async () => {
  for (const one of [senders.server, senders.agent, senders.nodes]) {
    await applyObjects(kubectl, one.rendered.objects);
    await giveSecret(one, password);
  }
  for (const one of [senders.server, senders.agent, senders.nodes]) {
    await eventually(
      `verify to have nothing to say of ${one.name}`,
      async () => {
        assert.deepEqual(await problems(one), []);
        return true;
      },
      patience,
    );
  }
});

test("an agent on a node has that node alone, may ask kubelets alone, and the central agent has the rest", async () => {
  const { items: nodes } = await kubectl.json<{ items: INode[] }>(["get", "nodes"]);
  const names = nodes.map(({ metadata }) => metadata?.name ?? "").sort();
  const pods = await podsOn(senders.nodes);
  assert.deepEqual([...pods.keys()].sort(), names);
  for (const [node, pod] of pods) {
    const found = await prometheusInPod(kubectl, senders.nodes.name, pod, 9090).targets();
    assert.deepEqual(found.map(({ labels }) => `${labels.job} ${labels.node}`).sort(), [
      `cadvisor ${node}`,
      `kubelet ${node}`,
      `node-exporter ${node}`,
    ]);
  }
  const rest = await prometheusBehind(kubectl, senders.nodes.name, "prometheus:http").targets();
  assert.deepEqual([...new Set(rest.map(({ labels }) => labels.job))].sort(), ["kubernetes-apiservers", "prometheus"]);
  const account = `--as=system:serviceaccount:${senders.nodes.name}:prometheus-node`;
  const mayDo = async (...what: string[]) =>
    (await kubectl.text(["auth", "can-i", ...what, account], { accept: [0, 1] })).trim();
  assert.deepEqual(
    await Promise.all([
      mayDo("get", "nodes", "--subresource=metrics"),
      mayDo("list", "nodes"),
      mayDo("watch", "nodes"),
    ]),
    ["yes", "no", "no"],
  );
});

test("each target arrives once, with the labels that it has without agents on the nodes", async () => {
  const ofNodes = async ({ api }: Receiver, jobs: string) => {
    const { result } = await api.get<{ result: InstantSample[] }>("query", { query: `up{job=~"${jobs}"} == 1` });
    return result.map(({ metric: { replica, ...labels } }) => JSON.stringify(Object.entries(labels).sort())).sort();
  };
  await eventually("the samples of all targets", async () => (await ofNodes(staying, ".+")).length === 10, patience);
  const once = await ofNodes(staying, "kubelet|cadvisor");
  assert.equal(once.length, 4);
  assert.deepEqual(once, await ofNodes(receivers.agent, "kubelet|cadvisor"));
  const { result } = await staying.api.get<{ result: InstantSample[] }>("query", {
    query: 'process_resident_memory_bytes{job="prometheus"} / 2^20',
  });
  const sizes = result.map(({ metric, value: [, value] }) => `${metric.instance} ${Math.round(Number(value))} MiB`);
  console.log(`agents on nodes, and the central one (with replica): ${sizes.join(", ")}`);
});

test("the receivers go away", async () => {
  left = Date.now() / 1000;
  await Promise.all(Object.values(receivers).map((one) => one.stop()));
});

test("without its Secret a pod does not start, and verify says which one is missing", async () => {
  const both = [senders.token, senders.certificate];
  for (const { rendered } of both) await applyObjects(kubectl, rendered.objects);
  for (const one of both) {
    await told(one, ({ cure }) => cure === `create the Secret ${remoteWriteSecret} in namespace ${one.name}`);
  }
});

test("a wrong token and a certificate that has ended are told, with the Secret that has them", async () => {
  await giveSecret(senders.token, { token: "wrong" });
  await giveSecret(senders.certificate, await identity(-1));
  const named = ({ name }: Sender, { cure }: Problem) =>
    /correct the/.test(cure) && cure.includes(`Secret ${remoteWriteSecret} in namespace ${name}`);
  await told(
    senders.token,
    (problem) => /refuses samples, which are lost: .* 401 /.test(problem.reason) && named(senders.token, problem),
  );
  await told(
    senders.certificate,
    (problem) => /nothing arrived there yet: Post /.test(problem.reason) && named(senders.certificate, problem),
  );
  assert.equal(letIn, 0);
});

test("an endpoint that is away is told, with the reason", async () => {
  for (const one of [senders.server, senders.agent]) {
    const reason = /^the last sample that arrived there is \d+ s old: Post .*refused/;
    const cure = "see that it runs, and that NetworkPolicies let Prometheus out to its port";
    await told(one, (problem) => problem.kind === "not sent" && reason.test(problem.reason) && problem.cure === cure);
  }
});

test("a Secret that is corrected is in use without a restart", async () => {
  const pods = await podsOf(senders.token, senders.certificate);
  await giveSecret(senders.token, { token: "right" });
  await giveSecret(senders.certificate, await identity(1));
  await eventually("the right token", async () => letIn > 0, patience);
  await eventually(
    "the right certificate",
    async () => {
      assert.deepEqual(await problems(senders.certificate), []);
      return true;
    },
    patience,
  );
  assert.deepEqual(await podsOf(senders.token, senders.certificate), pods);
});

test("an agent on a node takes over a changed job without a restart", async () => {
  const { name } = senders.nodes;
  const before = await podsOf(senders.nodes);
  const [map] = senders.nodes.rendered.objects.filter(({ metadata }) => metadata.name === "prometheus-scrape-node");
  const { data = {} } = map as IConfigMap;
  const changed = { ...data, "kubelet.yml": `${data["kubelet.yml"]}\n    scrape_interval: 5s\n` };
  await applyObjects(kubectl, [{ ...map, data: changed }]);
  const pods = [...(await podsOn(senders.nodes)).values()];
  // A change of a pod has the kubelet look after its volumes at once.
  await kubectl.text(["annotate", "pods", `--namespace=${name}`, ...pods, "test/changed=true"]);
  for (const pod of pods) {
    await eventually(
      `${pod} to have the job as it is now`,
      async () => {
        const found = await prometheusInPod(kubectl, name, pod, 9090).targets();
        return found.some(({ scrapePool, scrapeInterval }) => scrapePool === "kubelet" && scrapeInterval === "5s");
      },
      patience,
    );
  }
  assert.deepEqual(await podsOf(senders.nodes), before);
});

test("every sample arrives, also those of the minutes in which the receivers were away", async () => {
  await sleep(Math.max(0, left + secondsAway - Date.now() / 1000) * 1000);
  await Promise.all(Object.values(receivers).map((one) => one.start()));
  back = Date.now() / 1000;
  for (const { api } of Object.values(receivers)) {
    await eventually(
      "samples of every target that are newer than the outage",
      async () => (await oldestOfNewest(api)) > back,
      patience,
    );
  }
  // Each series arrives by itself, so the last of them is waited for.
  await eventually("every sample of the server", serverSent, patience);
  await eventually("every sample of the agent", agentSent, patience);
});

/** When that target was scraped whose last scrape that arrived is the oldest, in seconds since 1970. */
async function oldestOfNewest(api: Api): Promise<number> {
  const { result } = await api.get<{ result: InstantSample[] }>("query", { query: "min(timestamp(up))" });
  return Number(result[0]?.value[1]);
}

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** In seconds since 1970. */
  readonly times: readonly number[];
  /** Empty of histograms. */
  readonly values: readonly number[];
}

/** The samples from a scrape before the receivers went away until they were back. */
async function seriesIn(api: Api, matcher: string): Promise<readonly Series[]> {
  type Sample<T> = readonly [time: number, value: T];
  const answer = await api.get<{
    result: { metric: Record<string, string>; values?: Sample<string>[]; histograms?: Sample<unknown>[] }[];
  }>("query", { query: `{${matcher}}[${Math.round(back - left + 15)}s]`, time: `${back}` });
  return answer.result.map(({ metric: { cluster, replica, ...labels }, values = [], histograms = [] }) => ({
    labels,
    times: [...values, ...histograms].map(([time]) => time),
    values: values.map(([, value]) => Number(value)),
  }));
}

function keyOf({ labels }: Series): string {
  return JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The server and its receiver have the same samples of every series, recorded ones and alerts too. */
async function serverSent(): Promise<boolean> {
  const here = prometheusBehind(kubectl, senders.server.name, "prometheus:http");
  const there = receivers.server.api;
  const jobs = new Set((await seriesIn(here, '__name__="up"')).map(({ labels }) => labels.job));
  const counts = { series: 0, samples: 0 };
  for (const matcher of [...[...jobs].map((job) => `job="${job}"`), 'job="", __name__=~".+"']) {
    const [sent, received] = await Promise.all([seriesIn(here, matcher), seriesIn(there, matcher)]);
    const arrived = new Map(received.map((one) => [keyOf(one), one.times]));
    for (const one of sent) {
      assert.deepEqual(arrived.get(keyOf(one)), one.times, keyOf(one));
      counts.samples += one.times.length;
    }
    assert.equal(received.length, sent.length);
    counts.series += sent.length;
  }
  assert.ok(counts.series > 500, `only ${counts.series} series`);
  print("server, remote write 2.0", counts.samples, `of ${counts.series} series`);
  return true;
}

/** The agent's receiver has every scrape of each target, and of each scrape as many samples as that itself says. */
async function agentSent(): Promise<boolean> {
  const { api } = receivers.agent;
  // cAdvisor says itself how old its samples are, so they are not those of one scrape.
  const others = 'job!="cadvisor"';
  const scrapes = await seriesIn(api, `__name__="up", ${others}`);
  const claims = await seriesIn(api, `__name__="scrape_samples_post_metric_relabeling", ${others}`);
  assert.ok(scrapes.length >= 3, `only ${scrapes.length} targets`);
  let [claimed, received] = [0, 0];
  for (const { labels, times } of scrapes) {
    const { job = "", instance = "" } = labels;
    // Missing is a scrape where twice the interval of 15 s is between two; half of one is what a busy machine takes.
    for (const [index, time] of [left - 15, ...times, back].entries()) {
      const next = [...times, back][index] ?? back;
      assert.ok(next - time < 25, `${job} ${instance}: no scrape from ${time} to ${next}`);
    }
    const said = claims.find((one) => one.labels.job === job && one.labels.instance === instance);
    assert.deepEqual(said?.times, times, `${job} ${instance}`);
    claimed += said?.values.reduce((sum, one) => sum + one, 0) ?? 0;
  }
  for (const job of new Set(scrapes.map(({ labels }) => labels.job))) {
    const found = await seriesIn(api, `job="${job}", __name__!~"up|scrape_.+"`);
    received += found.reduce((sum, { times }) => sum + times.length, 0);
  }
  assert.equal(received, claimed);
  print("agent, remote write 1.0", received, `of ${scrapes.length} targets, those of cadvisor aside,`);
  return true;
}

function print(who: string, samples: number, of: string): void {
  const seconds = Math.round(back - left);
  console.log(`${who}, endpoint away for ${seconds} s: all ${samples} samples ${of} arrived, none is missing`);
}

async function problems({ rendered }: Sender): Promise<readonly Problem[]> {
  const all = problemsOf(await verify({ overlay: rendered.overlay, kubectl }));
  // Several overlays in one cluster: that one has what another one names is what verify says otherwise.
  return all.filter(({ kind }) => kind !== "taken");
}

async function told(one: Sender, isMeant: (problem: Problem) => boolean): Promise<void> {
  await eventually(
    `verify to say so of ${one.name}`,
    async () => {
      const found = await problems(one);
      if (!found.some(isMeant)) throw new Error(JSON.stringify(found));
      return true;
    },
    patience,
  );
}

async function giveSecret({ name: namespace }: Sender, stringData: Readonly<Record<string, string>>): Promise<void> {
  const metadata = { name: remoteWriteSecret, namespace };
  await applyObjects(kubectl, [{ apiVersion: "v1", kind: "Secret", metadata, stringData }]);
}

/** A certificate of the cluster's authority, valid for so many days, and what the endpoint's is checked against. */
async function identity(days: number): Promise<Record<string, string>> {
  const { key, crt } = await certificate("prometheus", days);
  return { "tls.key": key, "tls.crt": crt, "ca.crt": await readFile(pki(placeOf(), "ca.crt"), "utf8") };
}

/** The uid of each pod, and how often its containers were started again. */
async function podsOf(...of: readonly Sender[]): Promise<readonly (readonly [string | undefined, number])[]> {
  const found = of.map(({ name }) => kubectl.json<{ items: IPod[] }>(["get", "pods", `--namespace=${name}`]));
  return (await Promise.all(found)).flatMap(({ items }) =>
    items.map(({ metadata, status }) => {
      const restarts = status?.containerStatuses?.reduce((sum, { restartCount }) => sum + restartCount, 0) ?? 0;
      return [metadata?.uid, restarts] as const;
    }),
  );
}

/** The agents on the nodes: their pods by the node that each is on. */
async function podsOn({ name }: Sender): Promise<ReadonlyMap<string, string>> {
  const those = ["--selector=app.kubernetes.io/name=prometheus-node", `--namespace=${name}`];
  const { items } = await kubectl.json<{ items: IPod[] }>(["get", "pods", ...those]);
  return new Map(items.map(({ metadata, spec }) => [spec?.nodeName ?? "", metadata?.name ?? ""]));
}

/** An overlay in a namespace of its own, whose Prometheus sends to an endpoint on this machine. */
async function sender(
  name: string,
  listed: readonly string[],
  settings: object,
  address: string,
  without: readonly string[] = [],
  besides: readonly string[] = [],
): Promise<Sender> {
  const own = join(folder, name);
  await mkdir(own);
  await writeBase(own, () => base(settingsFrom({ remoteWrite: { url: unused, ...settings } })));
  const namespace = "monitoring-system";
  // Of the jobs that find nothing here, this one alone expects a target: node-exporter at each node.
  const gone = ["node-exporter", ...without].filter((job) => !besides.includes(job)).map((job) => [`${job}.yml`, null]);
  const jobs = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: configMaps.scrape, namespace },
    data: Object.fromEntries(gone),
  };
  await writeFile(
    join(own, "kustomization.yaml"),
    stringify({
      namespace: name,
      resources: ["namespace", "prometheus", ...besides].map((one) => `base/${one}`),
      components: ["insecure-kubelet-tls", ...listed].map((one) => `base/components/${one}`),
      configMapGenerator: [{ name: endpoint, namespace, behavior: "merge", literals: [`url=${address}/api/v1/write`] }],
      ...(gone.length > 0 && { patches: [{ patch: stringify(jobs) }] }),
    }),
  );
  return { name, rendered: withNamesOfItsOwn(await render(own), name) };
}

/** Several overlays in one cluster: what has no namespace has a name for each. */
function withNamesOfItsOwn(rendered: Rendered, name: string): Rendered {
  const objects = rendered.objects.map((object) => {
    if (!nameOf(object).startsWith("ClusterRole")) return object;
    const text = JSON.stringify(object).replaceAll("plain-prometheus:prometheus", `plain-prometheus:${name}`);
    return JSON.parse(text) as typeof object;
  });
  return { ...rendered, objects };
}

/** A Prometheus that takes samples from whoever has the password, and can be asked for them. */
async function receiverAt(address: string): Promise<Receiver> {
  const own = await configured(address, { basic_auth_users: { admin: hash } });
  const ask = async (path: string) => {
    const response = await fetch(`http://${address}/${path}`, { headers: { authorization, connection: "close" } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  let program: Program | undefined;
  return {
    api: {
      get: async <T>(path: string, parameters?: Readonly<Record<string, string>>) =>
        ((await (await ask(`api/v1/${path}?${new URLSearchParams(parameters)}`)).json()) as { data: T }).data,
    },
    async start() {
      program = await receiver(own, address);
      await eventually(`the receiver at ${address}`, async () => (await ask("-/ready")).ok, patience);
    },
    async stop() {
      await program?.stop();
    },
  };
}

/** One that takes samples from whoever has a certificate of the cluster's authority. */
async function strictAt(host: string, port: number): Promise<Program> {
  const { key, crt } = await certificate(host, 1);
  const address = `${host}:${port}`;
  const own = await configured(address, {
    tls_server_config: {
      cert_file: "tls.crt",
      key_file: "tls.key",
      client_auth_type: "RequireAndVerifyClientCert",
      client_ca_file: pki(placeOf(), "ca.crt"),
    },
  });
  await writeFile(join(own, "tls.crt"), crt);
  await writeFile(join(own, "tls.key"), key);
  return await receiver(own, address);
}

async function configured(address: string, web: object): Promise<string> {
  const own = join(folder, address.replace(/\W/g, "-"));
  await mkdir(own);
  await writeFile(join(own, "web.yml"), stringify(web));
  await writeFile(join(own, "prometheus.yml"), "{}\n");
  return own;
}

async function receiver(own: string, address: string): Promise<Program> {
  const args = [
    "--config.file=prometheus.yml",
    "--storage.tsdb.path=data",
    "--web.config.file=web.yml",
    `--web.listen-address=${address}`,
    "--web.enable-remote-write-receiver",
  ];
  return start(`the receiver at ${address}`, await toolchain.tool("prometheus"), args, own, ({ message }) =>
    console.error(message),
  );
}

test.run();
