import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import { stringify } from "yaml";
import { $ } from "zx";
import { cluster, imageSources } from "../../scripts/lib/cluster/index.js";
import type { Kubectl } from "../../scripts/lib/kubectl.js";
import { withApplicable } from "../../scripts/lib/left-out.js";
import { root } from "../../scripts/lib/project.js";
import { type InstantSample, prometheusInPod, type RangeSeries } from "../../scripts/lib/prometheus.js";
import { render } from "../../scripts/lib/render.js";
import type { Rendered } from "../../scripts/lib/rendered/objects.js";
import { workloadsOf } from "../../scripts/lib/rendered/workloads.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { table, verify } from "../../scripts/lib/verify/index.js";
import { problemsOf } from "../../scripts/lib/verify/report.js";
import { eventually } from "./lib/eventually.js";
import { type ObjectStore, objectStore } from "./lib/object-store.js";

/*
 * Two replicas of Prometheus with sidecars, and all of Thanos, on a real S3 server over a folder. What is not proven goes faster:
 * Prometheus cuts a block every minute in place of every two hours, and everybody looks for new blocks twice a minute.
 */

const namespace = "monitoring-system";
const hour = 3_600_000;

/** What is in the object store before Prometheus starts: so long that the Compactor thins it out, and long over. */
const span = 54 * hour;
const past = { end: Math.floor((Date.now() - 12 * hour) / span) * span };
const start = past.end - span;

/** Each replica lacks two hours that the other one has. */
const away: Readonly<Record<string, readonly [number, number]>> = {
  "prometheus-0": [start + 10 * hour, start + 12 * hour],
  "prometheus-1": [start + 20 * hour, start + 22 * hour],
};

let kubectl: Kubectl;
let store: ObjectStore;
let overlay: string;
let rendered: Rendered;
let querier: string;
let frontend: string;

/** When prometheus-1 was killed. */
let killedAt: number;

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
  const components = ["insecure-kubelet-tls", "prometheus-ha", "thanos", "native-histograms"];
  const kustomization = {
    resources: [fromRoot("base")],
    components: components.map((name) => fromRoot(`base/components/${name}`)),
    patches: [
      patch("StatefulSet", "prometheus", "prometheus", { BLOCK_DURATION: "1m" }),
      patch("Deployment", "thanos-store", "thanos-store", { SYNC_INTERVAL: "20s" }, 1),
      patch("Deployment", "thanos-query", "thanos-query", {}, 1),
      patch("Deployment", "thanos-query-frontend", "thanos-query-frontend", {}, 1),
      patch("StatefulSet", "thanos-compact", "thanos-compact", { WAIT_INTERVAL: "20s", CONSISTENCY_DELAY: "0s" }),
    ],
  };
  await writeFile(join(overlay, "kustomization.yaml"), stringify(kustomization));
  rendered = await render(overlay);
  const named = workloadsOf(rendered).flatMap(({ containers }) => containers.flatMap(({ image }) => image ?? []));
  // A Prometheus that is there already would take its blocks for uploaded.
  await cluster.stop();
  const started = await cluster.start({ kubeletTls: "self-signed", nodes: 1, images: imageSources(named) });
  kubectl = started.kubectl;
  store = await objectStore(`${started.layout.network.hosts[0]}:17070`);
  await store.start();
  await uploadPast();
  // Nothing waits for it, as half of it does not come up before there is a Secret.
  await withApplicable(rendered, kubectl, (folder) => kubectl.text(["apply", "-k", folder]));
});

test.after(async () => {
  await cluster.stop();
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
  const { status } = await kubectl.json<{
    status: { containerStatuses: { name: string; ready: boolean; state: object }[] };
  }>(["get", "pod", "prometheus-0", "-n", namespace]);
  const sidecar = status.containerStatuses.find(({ name }) => name === "thanos-sidecar");
  assert.match(JSON.stringify(sidecar?.state), /secret \\"thanos-objstore\\" not found/);
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
  const [meta] = (await store.blocks()).filter(({ thanos }) => thanos.downsample.resolution === 0);
  assert.ok(meta !== undefined);
  const copies = { index: "01JZZZZZZZZZZZZZZZZZZZZZZ1", meta: "01JZZZZZZZZZZZZZZZZZZZZZZ2" };
  const folders = Object.values(copies).map((copy) => join(store.folder, copy));
  try {
    for (const folder of folders) await cp(join(store.folder, meta.ulid), folder, { recursive: true });
    await writeFile(join(store.folder, copies.index, "index"), "not an index");
    // As short as a block of Prometheus: nothing is to be thinned out in it, and the Compactor does not read it.
    const other = {
      ...meta,
      ulid: copies.index,
      maxTime: meta.minTime + 2 * hour,
      thanos: { ...meta.thanos, labels: { cluster: "elsewhere", replica: "x" } },
    };
    await writeFile(join(store.folder, copies.index, "meta.json"), JSON.stringify(other));
    await writeFile(join(store.folder, copies.meta, "meta.json"), "{");
    await eventually("the Store Gateway to tell of both", async () => {
      const failed = await value('max(thanos_bucket_store_block_load_failures_total{job="thanos-store"})');
      const corrupt = await value('max(thanos_blocks_meta_synced{job="thanos-store", state="corrupted-meta-json"})');
      return failed > 0 && corrupt === 1;
    });
    assert.equal(await value("count(proof_total)", { time: `${(past.end - 60_000) / 1000}` }), 1);
    assert.equal(await value('max(thanos_compact_halted{job="thanos-compact"})'), 0);
  } finally {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  }
});

test("without a Store Gateway, a query of what it has answers in part and says so", async () => {
  const scale = (replicas: number) =>
    kubectl.text(["scale", "deployment/thanos-store", "-n", namespace, `--replicas=${replicas}`]);
  const query = `count(up{job="prometheus"}) or proof_total @ ${(past.end - 60_000) / 1000}`;
  await scale(0);
  await eventually("the answer to be partial", async () => {
    const { warnings = [], data } = await instant(query);
    return warnings.some((text) => text.includes("thanos-store")) && data.result.length === 1;
  });
  await eventually("one that must be whole to fail", async () => {
    return (await instant(query, { partial_response: "false" })).status === "error";
  });
  await scale(1);
  await eventually("it to be whole again", async () => {
    const { warnings = [], data } = await instant(query);
    return warnings.length === 0 && data.result.length === 2;
  });
});

test("the object store away for two minutes and a replica killed meanwhile lose nothing", async () => {
  const began = Date.now();
  const uploaded = async () => (await store.blocks()).filter(({ thanos }) => thanos.source === "sidecar");
  await eventually(
    "both replicas to have uploaded blocks",
    async () => {
      return new Set((await uploaded()).map(({ thanos }) => thanos.labels.replica)).size === 2;
    },
    240_000,
  );
  const before = (await uploaded()).length;
  await store.stop();
  const left = Date.now();
  killedAt = Date.now();
  await kubectl.text(["delete", "pod", "prometheus-1", "-n", namespace, "--grace-period=0", "--force"]);
  await sleep(120_000);
  const failures = await value('sum(thanos_shipper_dir_sync_failures_total{job="thanos-sidecar"})');
  assert.ok(failures > 0, "no sidecar noticed that the object store is away");
  await store.start();
  const returned = Date.now();
  await eventually(
    "blocks of the time without it to be there",
    async () => {
      const covered = (await uploaded()).filter(({ maxTime }) => maxTime > returned);
      return new Set(covered.map(({ thanos }) => thanos.labels.replica)).size === 2;
    },
    240_000,
  );
  const blocks = (await uploaded()).filter(({ thanos }) => thanos.labels.replica === "prometheus-0");
  const sorted = [...blocks].sort((one, other) => one.minTime - other.minTime);
  const holes = sorted.filter(
    ({ minTime }, index) => index > 0 && minTime - (sorted[index - 1]?.maxTime ?? 0) > 60_000,
  );
  const [first, last] = [sorted[0]?.minTime ?? 0, sorted.at(-1)?.maxTime ?? 0];
  const window = `${Math.floor((last - first) / 1000)}s`;
  const at = { time: `${Math.floor(last / 1000) - 1}` };
  const here = { ...at, dedup: "false", "storeMatch[]": '{__address__=~"thanos-store.*"}' };
  const query = (replica: string) => `sum(count_over_time(up${replica}[${window}]))`;
  await eventually(
    "the Store Gateway to have them",
    async () => (await value("max(timestamp(up))", here)) * 1000 > returned,
  );
  const kept = await value(query('{replica="prometheus-0"}'), here);
  const direct = await prometheusInPod(kubectl, namespace, "prometheus-0", 9090).instant(query(""), Number(at.time));
  const scraped = Number(direct[0]?.value[1]);
  console.log(
    `${(await uploaded()).length} blocks, ${before} of them before the outage of ${Math.round((returned - left) / 1000)} s; ` +
      `of ${scraped} samples of up, ${kept} are in the object store (${Math.round((Date.now() - began) / 1000)} s)`,
  );
  assert.deepEqual(holes, []);
  assert.equal(kept, scraped);
});

test("the graph of both replicas has no gap where one was killed", async () => {
  const from = Math.floor(killedAt / 15_000) * 15_000;
  const to = from + 120_000;
  // A point looks back 15 s alone, so that a missed scrape shows.
  const query = 'count(present_over_time(up{job="node-exporter"}[15s1ms]))';
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
  const time = `${Math.floor(Date.now() / 60_000) * 60 - 120}`;
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
