import assert from "node:assert/strict";
import { test } from "uvu";
import { shards } from "../../../../scripts/lib/checks/shards.js";
import { messages, object } from "./fixtures.js";

const number = {
  name: "SHARD",
  valueFrom: { fieldRef: { fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']" } },
};

/** A StatefulSet of kube-state-metrics. */
function exporter(replicas: number, all: string, shard: object = number, args?: readonly string[]) {
  const container = {
    name: "kube-state-metrics",
    image: "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2",
    args: args ?? ["--shard=$(SHARD)", "--total-shards=$(TOTAL_SHARDS)"],
    env: [shard, { name: "TOTAL_SHARDS", value: all }],
  };
  return object("apps/v1", "StatefulSet", {}, { spec: { replicas, template: { spec: { containers: [container] } } } });
}

test("as many shards as there are said to be are right", async () => {
  assert.deepEqual(await messages(shards, exporter(3, "3"), exporter(1, "1", { name: "SHARD", value: "0" })), []);
});

test("one shard too few leaves objects out, and one too many has none", async () => {
  for (const replicas of [2, 4]) {
    assert.deepEqual(await messages(shards, exporter(replicas, "3")), [
      `StatefulSet monitoring/app: kube-state-metrics shares the objects among 3, and ${replicas} run`,
    ]);
  }
});

test("a shard number above the last is refused", async () => {
  assert.deepEqual(await messages(shards, exporter(1, "2", { name: "SHARD", value: "2" })), [
    "StatefulSet monitoring/app: kube-state-metrics is shard 2 of 2, which reports no object",
  ]);
});

test("one that asks for its StatefulSet knows by itself", async () => {
  assert.deepEqual(await messages(shards, exporter(3, "1", number, ["--pod=$(POD)", "--pod-namespace=x"])), []);
});

test.run();
