import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import { parse, stringify } from "yaml";
import { $ } from "zx";
import { thanos as rules } from "../../generators/prometheus/rules/thanos.js";
import { defaults } from "../../generators/settings/index.js";
import { ports } from "../../generators/thanos/pod.js";
import { type ObjectStore, objectStore } from "../../proof/lib/object-store.js";
import { hostAndPort } from "../../scripts/lib/address.js";
import { cluster, imageSources } from "../../scripts/lib/cluster/index.js";
import { placeOf } from "../../scripts/lib/cluster/layout.js";
import type { Kubectl } from "../../scripts/lib/kubectl.js";
import { withApplicable } from "../../scripts/lib/left-out.js";
import { root } from "../../scripts/lib/project.js";
import { type InstantSample, prometheusInPod, type RangeSeries } from "../../scripts/lib/prometheus.js";
import { render } from "../../scripts/lib/render.js";
import { ofKind, type Rendered } from "../../scripts/lib/rendered/objects.js";
import { workloadsOf } from "../../scripts/lib/rendered/workloads.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { table, verify } from "../../scripts/lib/verify/index.js";
import { problemsOf } from "../../scripts/lib/verify/report.js";
import { eventually } from "./lib/eventually.js";
import { Forwarder } from "./lib/forwarder.js";
import { asking, smallCluster } from "./lib/small-cluster.js";

/*
 * Two replicas of Prometheus with sidecars, and all of Thanos behind NetworkPolicies, on a real S3 server over a folder. What is not
 * proven goes faster: Prometheus cuts a block every minute in place of every two hours, and everybody looks for new blocks often.
 */

const namespace = "monitoring-system";
const hour = 3_600_000;
/** How long the object store is away, at least. */
const secondsAway = Number(process.env.SECONDS_AWAY ?? 120);
const grpc = ports.grpc.number;

/** What is in the object store before Prometheus starts: so long that the Compactor thins it out, and long over. */
const span = 54 * hour;
const past = { end: Math.floor((Date.now() - 12 * hour) / span) * span };
const start = past.end - span;

/** Each replica lacks two hours that the other one has. */
const away: Readonly<Record<string, readonly [number, number]>> = {
  "prometheus-0": [start + 10 * hour, start + 12 * hour],
  "prometheus-1": [start + 20 * hour, start + 22 * hour],
};

/** Blocks that cannot be read. */
const spoilt = { index: "01JZZZZZZZZZZZZZZZZZZZZZZ1", meta: "01JZZZZZZZZZZZZZZZZZZZZZZ2" } as const;

let kubectl: Kubectl;
let store: ObjectStore;
let overlay: string;
let rendered: Rendered;
/** References of its images. */
let named: readonly string[];
/** Address of this machine that the first cluster's pods reach. */
let host: string;
let querier: string;
let frontend: string;

/** A second cluster, whose Querier the first one's asks too: through the forwarder, as through a load balancer. */
const elsewhere = placeOf(`${placeOf().name ?? "devbox"}-2`);
let second: Promise<Kubectl> | undefined;
let forwarder: Forwarder | undefined;

/** When the object store went away, and prometheus-1 was killed. */
let left: number;
/** When it was back. */
let returned: number;
/** How many blocks of the sidecars the object store had then. */
let before: number;
/** Up to when the object store has the samples of both replicas, in milliseconds. */
let covered: number;

const patch = (
  kind: string,
  name: string,
  container: string,
  env: Readonly<Record<string, string>>,
  replicas?: number,
) => ({
  target: { kind, name },
  patch: stringify({
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace },
    spec: {
      ...(replicas !== undefined && { replicas }),
      template: {
        spec: {
          containers: [{ name: container, env: Object.entries(env).map(([key, value]) => ({ name: key, value })) }],
        },
      },
    },
  }),
});

test.before(async () => {
  overlay = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
  const fromRoot = (path: string) => relative(overlay, join(root, path));
  const components = [
    "insecure-kubelet-tls",
    "network-policies",
    "prometheus-ha",
    "thanos",
    "thanos-network-policies",
    "native-histograms",
  ];
  const kustomization = {
    resources: [fromRoot("base")],
    components: components.map((name) => fromRoot(`base/components/${name}`)),
    patches: [
      patch("StatefulSet", "prometheus", "prometheus", { BLOCK_DURATION: "1m" }),
      patch("Deployment", "thanos-store", "thanos-store", { SYNC_INTERVAL: "5s" }, 1),
      patch("Deployment", "thanos-query", "thanos-query", {}, 1),
      patch("Deployment", "thanos-query-frontend", "thanos-query-frontend", {}, 1),
      patch("StatefulSet", "thanos-compact", "thanos-compact", { WAIT_INTERVAL: "20s", CONSISTENCY_DELAY: "0s" }),
    ],
  };
  await writeFile(join(overlay, "kustomization.yaml"), stringify(kustomization));
  rendered = await render(overlay);
  named = workloadsOf(rendered).flatMap(({ containers }) => containers.flatMap(({ image }) => image ?? []));
  // A Prometheus that is there already would take its blocks for uploaded.
  await cluster.stop();
  const started = await cluster.start({ kubeletTls: "self-signed", enforcing: true, images: imageSources(named) });
  kubectl = started.kubectl;
  [host] = started.layout.network.hosts;
  // The port that the policies leave open.
  store = await objectStore(hostAndPort(host, 443));
  await store.start();
  await uploadPast();
  await spoil();
  // Nothing waits for it, as half of it does not come up before there is a Secret.
  await withApplicable(rendered, kubectl, (folder) => kubectl.text(["apply", "-k", folder]));
});

test.after(async () => {
  await second?.catch(() => undefined);
  await forwarder?.stop();
  await Promise.all([cluster.stop(), cluster.stop(elsewhere)]);
  await store?.remove();
  if (overlay) await rm(overlay, { recursive: true });
});

/** Puts a counter and a gauge of both replicas into the object store, each as one block. */
async function uploadPast(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-blocks-"));
  const [promtool, thanos] = await Promise.all([toolchain.tool("promtool"), toolchain.tool("thanos")]);
  const config = join(folder, "objstore.yml");
  await writeFile(config, store.config);
  const run = $({ quiet: true });
  for (const [replica, [from, to]] of Object.entries(away)) {
    const times = Array.from({ length: span / 60_000 }, (_, index) => start + index * 60_000);
    const there = times.filter((time) => time < from || time >= to);
    const lines = [
      "# TYPE proof counter",
      ...there.map((time) => `proof_total ${(time - start) / 1000} ${time / 1000}`),
      "# EOF\n",
    ];
    const [input, output] = [join(folder, `${replica}.om`), join(folder, replica)];
    await writeFile(input, lines.join("\n"));
    await run`${promtool} tsdb create-blocks-from openmetrics --max-block-duration=54h ${input} ${output}`;
    const labels = [`--label=cluster="devbox"`, `--label=replica="${replica}"`];
    await run`${thanos} tools bucket upload-blocks --path=${output} ${labels} --objstore.config-file=${config}`;
  }
  await rm(folder, { recursive: true });
}

/** Adds a block without a readable index, and one without a readable meta.json. */
async function spoil(): Promise<void> {
  const [meta] = await store.blocks();
  assert.ok(meta !== undefined);
  for (const copy of Object.values(spoilt)) {
    await cp(join(store.folder, meta.ulid), join(store.folder, copy), { recursive: true });
  }
  await writeFile(join(store.folder, spoilt.index, "index"), "not an index");
  // As short as a block of Prometheus: nothing is to be thinned out in it, and the Compactor does not read it.
  const other = {
    ...meta,
    ulid: spoilt.index,
    maxTime: meta.minTime + 2 * hour,
    thanos: { ...meta.thanos, labels: { cluster: "elsewhere", replica: "x" } },
  };
  await writeFile(join(store.folder, spoilt.index, "meta.json"), JSON.stringify(other));
  await writeFile(join(store.folder, spoilt.meta, "meta.json"), "{");
}

interface Answer<T> {
  readonly status: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly data: { readonly result: readonly T[] };
}

async function ask<T>(address: string, path: string, parameters: Readonly<Record<string, string>>): Promise<Answer<T>> {
  const response = await fetch(`http://${address}/api/v1/${path}?${new URLSearchParams(parameters)}`, {
    signal: AbortSignal.timeout(40_000),
  });
  return (await response.json()) as Answer<T>;
}

const instant = (query: string, parameters: Readonly<Record<string, string>> = {}, address = querier) =>
  ask<InstantSample>(address, "query", { query, ...parameters });

async function value(query: string, parameters: Readonly<Record<string, string>> = {}): Promise<number> {
  const { data } = await instant(query, parameters);
  return Number(data?.result[0]?.value[1] ?? Number.NaN);
}

const range = (query: string, from: number, to: number, step: number, more: Readonly<Record<string, string>> = {}) =>
  ask<RangeSeries>(frontend, "query_range", {
    query,
    start: `${from / 1000}`,
    end: `${to / 1000}`,
    step: `${step}`,
    ...more,
  });

async function service(name: string): Promise<string> {
  const { spec } = await kubectl.json<{ spec: { clusterIP: string } }>(["get", "service", name, "-n", namespace]);
  return `${spec.clusterIP}:10902`;
}

test("without the Secret, verify and the pods say which one, and Prometheus scrapes all the same", async () => {
  const wanted = "create the Secret thanos-objstore in namespace monitoring-system";
  await eventually(
    "verify to say so",
    async () => {
      const problems = problemsOf(await verify({ overlay, kubectl }));
      const said = problems.filter(({ cure }) => cure === wanted).map(({ subject }) => subject.split(",")[0]);
      return ["prometheus", "thanos-store", "thanos-compact"].every((name) =>
        said.some((subject) => subject?.endsWith(`/${name}`)),
      );
    },
    120_000,
  );
  // Until the kubelet has tried, a container is only about to be created.
  await eventually("the pod to say so", async () => {
    const { status } = await kubectl.json<{ status: { containerStatuses: { name: string; state: object }[] } }>([
      ...["get", "pod", "prometheus-0", "-n", namespace],
    ]);
    const sidecar = status.containerStatuses.find(({ name }) => name === "thanos-sidecar");
    return JSON.stringify(sidecar?.state).includes('secret \\"thanos-objstore\\" not found');
  });
  await eventually("Prometheus to scrape", async () => {
    return (await prometheusInPod(kubectl, namespace, "prometheus-0", 9090).value("count(up == 1)")) > 3;
  });
});

test("with it, every target is up, those of Thanos among them", async () => {
  const file = join(overlay, "objstore.yml");
  await writeFile(file, store.config);
  await kubectl.text(["create", "secret", "generic", "thanos-objstore", "-n", namespace, `--from-file=${file}`]);
  // The kubelet waits longer and longer between its attempts.
  await kubectl.text([
    "delete",
    "pods",
    "-n",
    namespace,
    "-l",
    "app.kubernetes.io/name in (thanos-store, thanos-compact)",
  ]);
  const report = await verify({ overlay, kubectl, waitMilliseconds: 300_000 });
  assert.ok(report.ok, table(report));
  [querier, frontend] = await Promise.all([service("thanos-query"), service("thanos-query-frontend")]);
});

test("a query over both replicas' past has no gap, though each of them has one", async () => {
  const expected = span / 300_000;
  await eventually("the Store Gateway to have both blocks", async () => {
    return (
      (await value("count(present_over_time(proof_total[54h]))", { time: `${past.end / 1000}`, dedup: "false" })) === 2
    );
  });
  const both = await range("proof_total", start, past.end - 300_000, 300);
  const [one] = (await range('proof_total{replica="prometheus-0"}', start, past.end - 300_000, 300, { dedup: "false" }))
    .data.result;
  const points = both.data.result[0]?.values.length ?? 0;
  console.log(`of ${expected} points a replica has ${one?.values.length}, both have ${points}`);
  assert.equal(both.data.result.length, 1);
  assert.equal(points, expected);
  // What it lacks for two hours, less the five minutes that a query looks back.
  assert.ok((one?.values.length ?? 0) < expected - 20);
});

test("the Compactor thins out what is old, and a rate over that is the same", async () => {
  await eventually(
    "blocks of one sample in 5 minutes",
    async () => (await store.blocks()).filter(({ thanos }) => thanos.downsample.resolution === 300_000).length === 2,
    120_000,
  );
  const time = `${(start + 30 * hour) / 1000}`;
  await eventually("the Store Gateway to answer from them", async () => {
    const fine = await value("count_over_time(proof_total[1h])", { time });
    const coarse = await value("count_over_time(proof_total[1h])", { time, max_source_resolution: "5m" });
    return coarse === 12 && fine === 60;
  });
  const raw = await value("rate(proof_total[1h])", { time, max_source_resolution: "0s" });
  const thinned = await value("rate(proof_total[1h])", { time, max_source_resolution: "5m" });
  console.log(`a counter of 1/s: ${raw}/s of all samples, ${thinned}/s of thinned ones`);
  assert.ok(Math.abs(raw - 1) < 0.001);
  assert.ok(Math.abs(thinned - 1) < 0.001);
});

test("a block that cannot be read is left out and told, and the others answer", async () => {
  await eventually("the Store Gateway to tell of both", async () => {
    const failed = await value('max(thanos_bucket_store_block_load_failures_total{job="thanos-store"})');
    const corrupt = await value('max(thanos_blocks_meta_synced{job="thanos-store", state="corrupted-meta-json"})');
    return failed > 0 && corrupt === 1;
  });
  assert.equal(await value("count(proof_total)", { time: `${(past.end - 60_000) / 1000}` }), 1);
  assert.equal(await value('max(thanos_compact_halted{job="thanos-compact"})'), 0);
  for (const folder of Object.values(spoilt)) await rm(join(store.folder, folder), { recursive: true });
});

const uploaded = async () => (await store.blocks()).filter(({ thanos }) => thanos.source === "sidecar");

/** Up to when the object store has blocks of both replicas; 0 while it lacks those of one. */
async function coveredByBoth(): Promise<number> {
  const blocks = await uploaded();
  const newest = (replica: string) =>
    Math.max(0, ...blocks.filter(({ thanos }) => thanos.labels.replica === replica).map(({ maxTime }) => maxTime));
  return Math.min(...Object.keys(away).map(newest));
}

const scaleStore = (replicas: number) =>
  kubectl.text(["scale", "deployment/thanos-store", "-n", namespace, `--replicas=${replicas}`]);

test("without a Store Gateway, a query of what it has answers in part and says so", async () => {
  await eventually("both replicas to have uploaded blocks", async () => (await coveredByBoth()) > 0, 240_000);
  before = (await uploaded()).length;
  // There is time for it while nothing is uploaded.
  second = smallCluster(elsewhere, named, store.config);
  // Whoever waits for it is told.
  second.catch(() => undefined);
  await store.stop();
  left = Date.now();
  await kubectl.text(["delete", "pod", "prometheus-1", "-n", namespace, "--grace-period=0", "--force"]);
  await scaleStore(0);
  const query = `count(up{job="prometheus"}) or proof_total @ ${(past.end - 60_000) / 1000}`;
  await eventually("the answer to be partial", async () => {
    const { warnings = [], data } = await instant(query);
    return warnings.some((text) => text.includes("thanos-store")) && data.result.length === 1;
  });
  await eventually("one that must be whole to fail", async () => {
    return (await instant(query, { partial_response: "false" })).status === "error";
  });
});

/** Whether the condition of an alert holds now, by the first cluster's Prometheus. */
async function holds(alert: string): Promise<boolean> {
  const all = rules(defaults).groups.flatMap((group) => group.rules);
  const rule = all.find((one) => "alert" in one && one.alert === alert) ?? assert.fail(alert);
  return (await prometheusInPod(kubectl, namespace, "prometheus-0", 9090).instant(rule.expr)).length > 0;
}

test("a bucket that refuses is told by verify and by an alert", async () => {
  await store.start("another secret");
  await scaleStore(1);
  await eventually("verify to name the command that says why the Store Gateway ends", async () => {
    const problems = problemsOf(await verify({ overlay, kubectl }));
    const { reason = "", cure = "" } = problems.find(({ subject }) => subject.includes("/thanos-store,")) ?? {};
    if (!/thanos-store ends again and again/.test(reason)) return false;
    return /signature/i.test(await kubectl.text(cure.split(" ").slice(1)));
  });
  await eventually("the alert's condition to hold", () => holds("ThanosBucketOperationsFailing"));
  await store.stop();
});

test(`${secondsAway} s after it went, the object store is back`, async () => {
  await sleep(left + secondsAway * 1000 - Date.now());
  const failures = await value('sum(thanos_shipper_dir_sync_failures_total{job="thanos-sidecar"})');
  assert.ok(failures > 0, "no sidecar noticed that the object store is away");
  await store.start();
  returned = Date.now();
});

/** Waits for pods of a cluster that have a label `app.kubernetes.io/name`. */
const rolledOut = (of: Kubectl, name: string) =>
  of.text(["rollout", "status", `deployment/${name}`, "-n", namespace, "--timeout=120s"]);

test("two clusters that share their labels are refused by verify", async () => {
  const other = await (second ?? assert.fail("no second cluster"));
  await rolledOut(other, "thanos-query");
  const { spec } = await other.json<{ spec: { clusterIP: string } }>([
    "get",
    "service",
    "thanos-query",
    "-n",
    namespace,
  ]);
  forwarder = new Forwarder({ host, port: grpc }, { host: spec.clusterIP, port: grpc });
  await forwarder.start();
  const address = hostAndPort(host, grpc);
  const maps = ofKind(rendered.objects, "v1/ConfigMap");
  const { endpoints } = parse(maps.flatMap(({ data }) => data?.["endpoints.yml"] ?? [])[0] ?? "");
  const kustomization = parse(await readFile(join(overlay, "kustomization.yaml"), "utf8"));
  const wayOut = { to: [{ ipBlock: { cidr: `${host}/32` } }], ports: [{ protocol: "TCP", port: grpc }] };
  const opening = {
    target: { kind: "NetworkPolicy", name: "thanos-query" },
    patch: stringify([{ op: "add", path: "/spec/egress/-", value: wayOut }]),
  };
  kustomization.patches.push(asking([...endpoints, { address, strict: true }]), opening);
  await writeFile(join(overlay, "kustomization.yaml"), stringify(kustomization));
  rendered = await render(overlay);
  await withApplicable(rendered, kubectl, (folder) => kubectl.text(["apply", "-k", folder]));
  await rolledOut(kubectl, "thanos-query");
  const shared = `the cluster at ${address} and this cluster both say {cluster="devbox"}: it takes their series for one`;
  await eventually("verify to say so", async () => {
    return problemsOf(await verify({ overlay, kubectl })).some(({ reason }) => reason === shared);
  });
  await other.text(["set", "env", "deployment/prometheus", "-n", namespace, "CLUSTER=berlin"]);
});

test("one Querier sees both clusters, and tells one that is away", async () => {
  const seen = async () => {
    const { warnings = [], data } = await instant('count by (cluster) (up{job="prometheus"})');
    return { warnings, clusters: data.result.map(({ metric }) => metric.cluster).sort() };
  };
  const isWhole = async () => {
    const { warnings, clusters } = await seen();
    return warnings.length === 0 && clusters.join() === "berlin,devbox";
  };
  // The Store Gateway ended again and again while its store refused: the kubelet waits five minutes at most between two starts.
  await eventually("both clusters to be seen", isWhole, 400_000);
  await forwarder?.stop();
  const address = hostAndPort(host, grpc);
  await eventually("an answer without it to say so", async () => {
    const { warnings, clusters } = await seen();
    return warnings.some((text) => text.includes(address)) && clusters.join() === "devbox";
  });
  await eventually("verify to name it", async () => {
    const problems = problemsOf(await verify({ overlay, kubectl }));
    return problems.some(({ kind, reason }) => kind === "partial" && reason.includes(address));
  });
  await eventually("the alert's condition to hold", () => holds("ThanosStoreRequestsFailing"));
  await forwarder?.start();
  await eventually("both to be seen again", isWhole);
});

test("the object store away for that long and a replica killed meanwhile lose nothing", async () => {
  await eventually(
    "blocks of the time without it to be there",
    async () => (await coveredByBoth()) > returned,
    240_000,
  );
  covered = await coveredByBoth();
  const blocks = (await uploaded()).filter(({ thanos }) => thanos.labels.replica === "prometheus-0");
  const sorted = blocks.sort((one, other) => one.minTime - other.minTime);
  const holes = sorted.filter(
    ({ minTime }, index) => index > 0 && minTime - (sorted[index - 1]?.maxTime ?? 0) > 60_000,
  );
  const window = `${Math.floor((covered - (sorted[0]?.minTime ?? 0)) / 1000)}s`;
  const at = { time: `${Math.floor(covered / 1000) - 1}` };
  const here = { ...at, dedup: "false", "storeMatch[]": '{__address__=~"thanos-store.*"}' };
  const query = (replica: string) => `sum(count_over_time(up${replica}[${window}]))`;
  await eventually(
    "the Store Gateway to have them",
    async () => (await value('max(timestamp(up{replica="prometheus-0"}))', here)) * 1000 > covered - 30_000,
  );
  const kept = await value(query('{replica="prometheus-0"}'), here);
  const direct = await prometheusInPod(kubectl, namespace, "prometheus-0", 9090).instant(query(""), Number(at.time));
  const scraped = Number(direct[0]?.value[1]);
  console.log(
    `${(await uploaded()).length} blocks, ${before} of them before the outage of ${Math.round((returned - left) / 1000)} s; ` +
      `of ${scraped} samples of up, ${kept} are in the object store`,
  );
  assert.deepEqual(holes, []);
  assert.equal(kept, scraped);
});

test("the graph of both replicas has no gap where one was killed", async () => {
  const from = Math.floor(left / 15_000) * 15_000;
  const to = from + 120_000;
  // A point looks back for little more than 15 s, so that a missed scrape shows, and one that is a moment late does not.
  const query = 'count(present_over_time(up{job="node-exporter"}[15s500ms]))';
  const points = async (text: string, dedup: string) => {
    const { data } = await range(text, from, to, 15, { dedup });
    return data.result.reduce((most, { values }) => Math.max(most, values.length), 0);
  };
  const killed = query.replace("}", ', replica="prometheus-1"}');
  const [both, one] = [await points(query, "true"), await points(killed, "false")];
  console.log(`of 9 points prometheus-1 has ${one}, both replicas have ${both}`);
  assert.equal(both, 9);
});

test("the Querier answers from the object store what Prometheus answers, histograms among it", async () => {
  const time = `${Math.floor(covered / 1000) - 10}`;
  const here = { time, dedup: "false", "storeMatch[]": '{__address__=~"thanos-store.*"}' };
  const expressions = (more: string) => [
    `sum by (job) (up{job=~".+"${more}})`,
    `sum by (job) (rate(process_cpu_seconds_total{job=~".+"${more}}[1m]))`,
    `sum by (verb) (histogram_count(rate(apiserver_request_duration_seconds{job="kubernetes-apiservers"${more}}[1m])))`,
    `histogram_quantile(0.99, sum by (verb) (rate(apiserver_request_duration_seconds{job="kubernetes-apiservers"${more}}[1m])))`,
    `histogram_fraction(0, 0.1, sum(rate(apiserver_request_duration_seconds{job="kubernetes-apiservers"${more}}[1m])))`,
    `topk(3, count by (__name__) ({job="kubelet"${more}}))`,
  ];
  const replica = ', replica="prometheus-0"';
  const prometheus = prometheusInPod(kubectl, namespace, "prometheus-0", 9090);
  let compared = 0;
  for (const [index, expression] of expressions("").entries()) {
    const [mine, theirs] = [expressions(replica)[index] ?? "", await prometheus.instant(expression, Number(time))];
    await eventually(`an answer to ${mine}`, async () => ((await instant(mine, here)).data?.result.length ?? 0) > 0);
    const { data } = await instant(mine, here);
    const keyed = (samples: readonly InstantSample[]) =>
      Object.fromEntries(
        samples.map(({ metric, value }) => [JSON.stringify(Object.entries(metric).sort()), Number(value[1])]),
      );
    const [one, other] = [keyed(theirs), keyed(data.result)];
    assert.deepEqual(Object.keys(other).sort(), Object.keys(one).sort(), mine);
    for (const [key, number] of Object.entries(one)) {
      const difference = Math.abs(number - (other[key] ?? Number.NaN));
      assert.ok(
        Object.is(number, other[key]) || difference <= 1e-9 * Math.max(1, Math.abs(number)),
        `${mine} ${key}: ${number} and ${other[key]}`,
      );
    }
    compared += Object.keys(one).length;
  }
  console.log(`${compared} answers from blocks are those of Prometheus`);
  assert.ok(compared > 10);
});

test.run();
