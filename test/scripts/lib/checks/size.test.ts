import assert from "node:assert/strict";
import { test } from "uvu";
import { size } from "../../../../scripts/lib/checks/size.js";
import { messages, object } from "./fixtures.js";

const configMap = (bytes: number) => object("v1", "ConfigMap", {}, { data: { text: "x".repeat(bytes) } });

test("an object of 199 KiB is small enough", async () => {
  assert.deepEqual(await messages(size, configMap(199 * 1024)), []);
});

test("an object of more than 200 KiB is named with its size", async () => {
  assert.deepEqual(await messages(size, configMap(230 * 1024)), [
    "ConfigMap monitoring/app: has 231 KiB, and kubectl apply carries at most 200 KiB safely",
  ]);
});

test("size counts bytes, not characters", async () => {
  const text = "€".repeat(80 * 1024);
  assert.equal((await messages(size, object("v1", "ConfigMap", {}, { data: { text } }))).length, 1);
});

test.run();
