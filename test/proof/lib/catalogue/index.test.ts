import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { defaults } from "../../../../generators/settings/index.js";
import { recordCatalogues } from "../../../../proof/lib/catalogue/index.js";
import type { PrometheusApi } from "../../../../scripts/lib/prometheus.js";

let folder = "";

test.before.each(async () => {
  folder = await mkdtemp(join(tmpdir(), "catalogue-"));
});

test.after.each(async () => {
  await rm(folder, { recursive: true, force: true });
});

function api(...metrics: string[]): PrometheusApi {
  const answers: Record<string, unknown> = {
    "targets/metadata": metrics.map((metric) => ({ metric, type: "gauge", help: "", unit: "" })),
    series: metrics.map((name) => ({ __name__: name, job: "node-exporter", instance: "a", node: "a", host_ip: "b" })),
  };
  return {
    ...({} as PrometheusApi),
    get: async <T>(path: string) => answers[path] as T,
    instant: async () => ["node-exporter", "of-somebody-else"].map((job) => ({ metric: { job }, value: [0, "1"] })),
  };
}

const options = () => ({ settings: defaults, only: undefined, prune: false, folder });

test("the project's own jobs that run are recorded", async () => {
  const [recorded, ...more] = await recordCatalogues({ ...options(), api: api("b", "a") });
  assert.deepEqual(recorded, { job: "node-exporter", metrics: 2, added: ["a", "b"], removed: [], changed: true });
  assert.deepEqual(more, []);
  assert.deepEqual(await readdir(folder), ["node-exporter.json"]);
  const written = JSON.parse(await readFile(join(folder, "node-exporter.json"), "utf8"));
  assert.deepEqual(written, {
    a: { type: "gauge", unit: "", help: "", labels: {} },
    b: { type: "gauge", unit: "", help: "", labels: {} },
  });
});

test("a second recording changes nothing, loses nothing, and prunes when told to", async () => {
  await recordCatalogues({ ...options(), api: api("a", "b") });
  const [again] = await recordCatalogues({ ...options(), api: api("a") });
  assert.deepEqual([again?.changed, again?.metrics], [false, 2]);
  const [pruned] = await recordCatalogues({ ...options(), api: api("a"), prune: true });
  assert.deepEqual([pruned?.removed, pruned?.metrics], [["b"], 1]);
});

test("a job that is not there, or not up, is named and nothing is written", async () => {
  const only = (job: string) => recordCatalogues({ ...options(), api: api("a"), only: ["node-exporter", job] });
  await assert.rejects(only("node-exportr"), /there is no job node-exportr/);
  await assert.rejects(only("kubelet"), /no target of job kubelet is up/);
  assert.deepEqual(await readdir(folder), []);
});

test("a catalogue that is broken is named and left alone", async () => {
  await writeFile(join(folder, "node-exporter.json"), "{");
  await assert.rejects(recordCatalogues({ ...options(), api: api("a") }), /node-exporter\.json is not a catalogue/);
  assert.equal(await readFile(join(folder, "node-exporter.json"), "utf8"), "{");
});

test.run();
