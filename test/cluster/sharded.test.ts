import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import { stringify } from "yaml";
import { base } from "../../generators/index.js";
import { apply } from "../../scripts/lib/apply.js";
import type { Kubectl } from "../../scripts/lib/kubectl.js";
import { root } from "../../scripts/lib/project.js";
import { type ActiveTarget, prometheusBehind } from "../../scripts/lib/prometheus.js";
import { render } from "../../scripts/lib/render.js";
import type { RenderedObject } from "../../scripts/lib/rendered/objects.js";
import { projectSettings } from "../../scripts/lib/settings.js";
import { verify } from "../../scripts/lib/verify/index.js";
import { problemsOf } from "../../scripts/lib/verify/report.js";
import { devbox } from "./lib/devbox.js";
import { eventually } from "./lib/eventually.js";
import { backToDevbox } from "./lib/overlay.js";
import { query, targets } from "./lib/prometheus.js";

const namespace = "monitoring-system";
const overlays: string[] = [];
const brought: RenderedObject[] = [];

let kubectl: Kubectl;
/** What one Prometheus scrapes of the cluster, but itself. */
let whole: string[];

test.before(async () => {
  ({ kubectl } = await devbox("--nodes", "2"));
  whole = shared(await targets(kubectl))
    .map(nameOf)
    .sort();
});

test.after(async () => {
  if (brought.length > 0) await backToDevbox(kubectl, brought);
  for (const folder of overlays) await rm(folder, { recursive: true });
});

test("two shards scrape what one Prometheus does, each target once, and verify agrees", async () => {
  await share(2);
  assert.ok(whole.length >= 9, `${whole}`);
  const found = await Promise.all([0, 1].map(targetsOf));
  for (const [shard, own] of found.entries()) assert.ok(own.length > 0, `shard ${shard} scrapes nothing`);
  const before = await targets(kubectl);
  assert.deepEqual([...new Set(before.map(({ scrapePool }) => scrapePool))], ["prometheus"]);
  assert.equal(before.length, 3);
});

test("a rule over all shards counts each target once, and no rule fails", async () => {
  await eventually("the rule to have counted everything", async () => {
    const counted = await query(kubectl, "test:up:count");
    assert.deepEqual(
      counted.map(({ metric, value: [, value] }) => `${metric.job} ${value}`).sort(),
      counts([...whole.map((name) => name.split(" ")[0] ?? ""), ...Array.from({ length: 3 }, () => "prometheus")]),
    );
    return true;
  });
  // The rule may have been evaluated last before the second node's shard had scraped.
  await eventually("the rule to have a series for each node", async () => {
    return (await query(kubectl, "instance:node_load5_per_cpu:ratio")).length === 2;
  });
  const groups = await api("prometheus").get<{ groups: { rules: { name: string; health: string }[] }[] }>("rules");
  const broken = groups.groups.flatMap(({ rules }) => rules.filter(({ health }) => health === "err"));
  assert.deepEqual(broken, []);
});

test("resharding from two to three loses no target and no history", async () => {
  const time = Math.floor(Date.now() / 1000);
  const seen = async () => (await api("prometheus").instant("up", time)).map(({ metric }) => JSON.stringify(metric));
  const before = (await seen()).sort();
  const had = await Promise.all([0, 1].map(targetsOf));
  assert.equal(before.length, whole.length + 3);
  await share(3);
  const has = await Promise.all([0, 1, 2].map(targetsOf));
  const moved = had.flatMap((own, shard) => own.filter((name) => !has[shard]?.includes(name)));
  assert.ok(moved.length > 0, "no target moved, so that nothing was tried");
  assert.deepEqual((await seen()).sort(), before);
  console.log(
    `resharding moved ${moved.length} of ${whole.length} targets; ${before.length} series of before are there`,
  );
});

test("the Watchdog fires once, and nothing is told of jobs that have no targets in some shard", async () => {
  await eventually("the Watchdog, and jobs without targets to be seen", async () => {
    const without = await query(kubectl, 'count(prometheus_target_scrape_pool_targets{job="prometheus"} == 0)');
    const watchdogs = await query(kubectl, 'ALERTS{alertname="Watchdog"}');
    return Number(without[0]?.value[1]) >= 1 && watchdogs.length > 0;
  });
  // Twice the interval of evaluation: what would begin has begun.
  await sleep(30_000);
  const begun = await query(kubectl, 'ALERTS{alertname=~"Watchdog|Prometheus.*|TargetDown|.*Missing.*"}');
  assert.deepEqual(
    begun.map(({ metric }) => metric.alertname),
    ["Watchdog"],
  );
});

test.run();

/** Applies overlays/devbox with so many shards of one replica, and waits until verify holds and each target is with one. */
async function share(shards: number): Promise<void> {
  const overlay = await overlayWith(shards);
  const rendered = await render(overlay);
  brought.push(...rendered.objects);
  await apply(rendered, kubectl);
  const report = await verify({ overlay, kubectl, waitMilliseconds: 180_000 });
  assert.deepEqual(problemsOf(report), []);
  assert.equal(report.replicas.length, 1);
  await eventually("the targets to be shared out", async () => {
    const found = await Promise.all(Array.from({ length: shards }, (_, shard) => targetsOf(shard)));
    assert.deepEqual(found.flat().sort(), whole);
    return true;
  });
}

/** A folder with a `base/` for so many shards, and an overlay on it. */
async function overlayWith(shards: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-sharded-"));
  overlays.push(folder);
  const settings = projectSettings();
  for (const [path, text] of base({ ...settings, sharding: { ...settings.sharding, prometheus: shards } })) {
    await mkdir(dirname(join(folder, "base", path)), { recursive: true });
    await writeFile(join(folder, "base", path), text);
  }
  await cp(join(root, "overlays/devbox"), join(folder, "overlays/devbox"), { recursive: true });
  const overlay = join(folder, "overlays/sharded");
  await mkdir(overlay);
  const rule = { record: "test:up:count", expr: "count by (job) (up)" };
  const patches = [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "prometheus-rules", namespace },
      data: { "test.yml": stringify({ groups: [{ name: "test", rules: [rule] }] }) },
    },
    ...Array.from({ length: shards }, (_, shard) => ({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: `prometheus-shard-${shard}`, namespace },
      spec: { replicas: 1, minReadySeconds: 0 },
    })),
  ];
  const text = {
    resources: ["../devbox"],
    components: ["../../base/components/sharded"],
    patches: patches.map((patch) => ({ patch: stringify(patch) })),
  };
  await writeFile(join(overlay, "kustomization.yaml"), stringify(text));
  return overlay;
}

function api(service: string) {
  return prometheusBehind(kubectl, namespace, `${service}:http`);
}

/** Names of the targets of a shard, in order. */
async function targetsOf(shard: number): Promise<string[]> {
  return (await api(`prometheus-shard-${shard}`).targets()).map(nameOf).sort();
}

/** Targets without Prometheus itself, whose address changes with each of its pods. */
function shared(all: readonly ActiveTarget[]): ActiveTarget[] {
  return all.filter(({ scrapePool }) => scrapePool !== "prometheus");
}

function nameOf({ scrapePool, scrapeUrl }: ActiveTarget): string {
  return `${scrapePool} ${scrapeUrl}`;
}

/** How often each text is there, as `text count`, in order. */
function counts(texts: readonly string[]): string[] {
  return [...new Set(texts)].map((text) => `${text} ${texts.filter((one) => one === text).length}`).sort();
}
