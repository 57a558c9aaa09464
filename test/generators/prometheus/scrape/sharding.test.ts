import assert from "node:assert/strict";
import { test } from "uvu";
import { allJobs } from "../../../../generators/prometheus/scrape/applications.js";
import { eksControlPlane } from "../../../../generators/prometheus/scrape/eks.js";
import { sharding, sharedBy } from "../../../../generators/prometheus/scrape/sharding.js";
import { defaults } from "../../../../generators/settings/index.js";
import { relabel } from "../../../../metrics/relabelling.js";
import type { ScrapeConfig } from "../../../../metrics/scrape-job.js";

const targetsOfJob = 1_000;

/** What discovery finds of one made-up target: of a pod, several ports at addresses of two families. */
function found({ kubernetes_sd_configs: [discovery] = [] }: ScrapeConfig, index: number): Map<string, string>[] {
  const host = `10.${index >> 8}.${index & 255}.7`;
  const at = (address: string, ...more: [string, string][]) =>
    new Map<string, string>([["__address__", address], ["__meta_kubernetes_pod_ip", ""], ...more]);
  if (discovery?.role === "node") return [at(`${host}:10250`, ["__meta_kubernetes_node_name", `node-${index}`])];
  if (discovery === undefined) return [at(`https://${index}.example`)];
  const pod: [string, string] = ["__meta_kubernetes_pod_ip", host];
  return [at(`${host}:8080`, pod), at(`${host}:9090`, pod), at(`[fd00::${index.toString(16)}]:8080`, pod)];
}

/** The shards that scrape what discovery found. */
function shardsOf(job: ScrapeConfig, target: ReadonlyMap<string, string>, shards: number): number[] {
  return Array.from({ length: shards }, (_, shard) => shard).filter(
    (shard) => "labels" in relabel(target, sharding(sharedBy(job), shards, shard)),
  );
}

const jobs = [...allJobs(defaults), ...eksControlPlane()].map(({ config }) => config);

/** One of all jobs whose targets are found and shared out alike. */
const kinds = new Map(
  jobs.map((job) => [JSON.stringify([sharedBy(job), found(job, 1).map((target) => [...target])]), job]),
);

test("of every kind of job each of a thousand targets is with exactly one shard, however often it is found, and no shard has a bulk", () => {
  assert.ok(kinds.size >= 3);
  for (const shards of [2, 5]) {
    for (const job of kinds.values()) {
      const all = Array.from({ length: targetsOfJob }, (_, index) => [
        ...new Set(found(job, index).flatMap((target) => shardsOf(job, target, shards))),
      ]);
      assert.deepEqual(
        all.filter(({ length }) => length !== 1),
        [],
        `${job.job_name}, ${shards} shards`,
      );
      const sizes = Array.from({ length: shards }, (_, shard) => all.filter(([one]) => one === shard).length);
      assert.ok(Math.max(...sizes) < (1.5 * targetsOfJob) / shards, `${job.job_name}: ${sizes}`);
    }
  }
});

test("a target that has no pod goes by its own address", () => {
  const job = jobs.find(({ job_name }) => job_name === "kubernetes-apiservers") ?? assert.fail();
  const at = (index: number) =>
    new Map([
      ["__address__", `192.0.2.${index}:6443`],
      ["__meta_kubernetes_pod_ip", ""],
    ]);
  const all = Array.from({ length: 50 }, (_, index) => shardsOf(job, at(index), 2));
  assert.ok(all.every(({ length }) => length === 1));
  assert.equal(new Set(all.flat()).size, 2);
});

test("whatever is of a node is with one shard, at which port it may be", () => {
  const [kubelet, exporter] = ["kubelet", "node-exporter"].map((name) =>
    jobs.find(({ job_name }) => job_name === name),
  );
  assert.ok(kubelet && exporter);
  for (let index = 0; index < targetsOfJob; index += 1) {
    const [target = assert.fail()] = found(kubelet, index);
    const moved = new Map([...target, ["__address__", "10.0.0.1:9100"] as const]);
    assert.deepEqual(shardsOf(kubelet, target, 5), shardsOf(exporter, moved, 5));
  }
});

test.run();
