import assert from "node:assert/strict";
import { test } from "uvu";
import { allJobs } from "../../../../generators/prometheus/scrape/applications.js";
import { sharding } from "../../../../generators/prometheus/scrape/sharding.js";
import { defaults } from "../../../../generators/settings/index.js";
import { relabel } from "../../../../metrics/relabelling.js";
import type { ScrapeConfig } from "../../../../metrics/scrape-job.js";

const targetsOfJob = 300;

/** Made-up targets, each as discovery gives one and as the job's own steps leave it. */
function targets({ kubernetes_sd_configs: [discovery] = [] }: ScrapeConfig) {
  return Array.from({ length: targetsOfJob }, (_, index) => {
    const address = `10.${index >> 8}.${index & 255}.7:10250`;
    const node: [string, string][] =
      discovery?.role === "node" ? [["__meta_kubernetes_node_name", `node-${index}`]] : [];
    return new Map<string, string>([["__address__", address], ["__param_target", ""], ...node]);
  });
}

/** The shards that scrape a target. */
function shardsOf(job: ScrapeConfig, target: ReadonlyMap<string, string>, shards: number): number[] {
  return Array.from({ length: shards }, (_, shard) => shard).filter(
    (shard) => "labels" in relabel(target, sharding(job, shards, shard)),
  );
}

test("of every job each target is with exactly one of the shards, and no shard has a bulk of them", () => {
  for (const shards of [2, 5]) {
    for (const { config } of allJobs(defaults)) {
      const found = targets(config).map((target) => shardsOf(config, target, shards));
      assert.deepEqual(
        found.filter(({ length }) => length !== 1),
        [],
        `${config.job_name}, ${shards} shards`,
      );
      const sizes = Array.from({ length: shards }, (_, shard) => found.filter(([one]) => one === shard).length);
      assert.ok(Math.max(...sizes) < (1.5 * targetsOfJob) / shards, `${config.job_name}: ${sizes}`);
    }
  }
});

test("whatever is of a node is with one shard, at which port it may be", () => {
  const [kubelet, exporter] = ["kubelet", "node-exporter"].map(
    (name) => allJobs(defaults).find(({ config }) => config.job_name === name)?.config,
  );
  assert.ok(kubelet && exporter);
  for (const target of targets(kubelet)) {
    const moved = new Map([...target, ["__address__", "10.0.0.1:9100"] as const]);
    assert.deepEqual(shardsOf(kubelet, target, 5), shardsOf(exporter, moved, 5));
  }
});

test("what one prober asks of many is shared out", () => {
  const prober = (target: string) =>
    new Map([
      ["__address__", "blackbox:9115"],
      ["__param_target", target],
    ]);
  const found = Array.from({ length: 50 }, (_, index) =>
    shardsOf({ job_name: "probes" }, prober(`https://${index}.example`), 2),
  );
  assert.equal(new Set(found.flat()).size, 2);
});

test.run();
