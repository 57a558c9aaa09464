import assert from "node:assert/strict";
import { test } from "uvu";
import { stringify } from "yaml";
import { leftToOthers, sharding } from "../../../../generators/prometheus/scrape/sharding.js";
import { sharedTargets } from "../../../../scripts/lib/checks/shared-targets.js";
import type { RenderedObject } from "../../../../scripts/lib/rendered/objects.js";
import { messages, object } from "./fixtures.js";

interface Job {
  readonly job_name: string;
  readonly relabel_configs?: readonly object[];
}

const job = (job_name: string, all: number, number: number): Job => ({
  job_name,
  relabel_configs: sharding("address", all, number),
});

/** A Prometheus with these jobs, and its ConfigMap. */
function prometheus(name: string, ...jobs: readonly Job[]): RenderedObject[] {
  const container = {
    name: "prometheus",
    image: "quay.io/prometheus/prometheus:v3.0.0",
    args: ["--config.file=/etc/prometheus/prometheus.yml"],
    volumeMounts: [{ name: "config", mountPath: "/etc/prometheus" }],
  };
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [container], volumes: [{ name: "config", configMap: { name } }] },
  };
  return [
    object("v1", "ConfigMap", { name }, { data: { "prometheus.yml": stringify({ scrape_configs: jobs }) } }),
    object("apps/v1", "StatefulSet", { name }, { spec: { selector: { matchLabels: { app: name } }, template } }),
  ];
}

const shard = (all: number, number: number) =>
  prometheus(`shard-${number}`, job("a", all, number), job("b", all, number));

test("shards that have all numbers, and a Prometheus that shares nothing, are right", async () => {
  const asksNobody = prometheus("shard-1", { job_name: "c", relabel_configs: [leftToOthers] }, job("a", 2, 1));
  const alone = prometheus("alone", { job_name: "a" });
  assert.deepEqual(await messages(sharedTargets, ...alone, ...shard(2, 0), ...asksNobody), []);
});

test("a shard number above the last is refused, with the numbers that there are", async () => {
  assert.deepEqual(await messages(sharedTargets, ...shard(2, 0), ...shard(2, 2)), [
    "StatefulSet monitoring/shard-2: is shard 2 of 2, with which no target is",
  ]);
});

test("a shard that is missing is told", async () => {
  assert.deepEqual(await messages(sharedTargets, ...shard(3, 0), ...shard(3, 1)), [
    "StatefulSet monitoring/shard-0: shares the targets among 3, and 2 such Prometheus run",
    "StatefulSet monitoring/shard-1: shares the targets among 3, and 2 such Prometheus run",
  ]);
});

test("two shards of one number are refused", async () => {
  const twin = prometheus("twin", job("a", 2, 0));
  assert.deepEqual(await messages(sharedTargets, ...shard(2, 0), ...twin), [
    "StatefulSet monitoring/twin: is shard 0, as StatefulSet monitoring/shard-0 is: their targets are scraped twice, and those of another shard by nobody",
  ]);
});

test("a job that every shard would scrape whole is named, and one with another share too", async () => {
  const own = prometheus("shard-1", job("a", 2, 1), { job_name: "own" }, job("b", 2, 0));
  assert.deepEqual(await messages(sharedTargets, ...shard(2, 0), ...own), [
    "ConfigMap monitoring/shard-1: prometheus.yml: job own takes every target, and every other shard does so too",
    "ConfigMap monitoring/shard-1: prometheus.yml: job b takes the targets of shard 0 of 2, in shard 1 of 2",
  ]);
});

test.run();
