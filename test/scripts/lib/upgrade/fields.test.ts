import assert from "node:assert/strict";
import { test } from "uvu";
import { changedFields } from "../../../../scripts/lib/upgrade/fields.js";

const paths = (old: unknown, now: unknown) => changedFields(old, now).map(({ path }) => path);

test("what is equal is no change, whatever the order of its keys", () => {
  assert.deepEqual(changedFields({ a: 1, b: [{ c: 2 }] }, { b: [{ c: 2 }], a: 1 }), []);
});

test("a change is as deep as it can be told, and has both values", () => {
  assert.deepEqual(
    changedFields({ spec: { replicas: 1, paused: true } }, { spec: { replicas: 2, serviceName: "x" } }),
    [
      { path: "spec.replicas", old: 1, new: 2 },
      { path: "spec.paused", old: true },
      { path: "spec.serviceName", new: "x" },
    ],
  );
});

test("what is in a list goes by its name, so that one put in before it changes nothing else", () => {
  const env = (...names: string[]) => ({ env: names.map((name) => ({ name, value: "x" })) });
  assert.deepEqual(paths(env("A", "B"), env("NEW", "A", "B")), ["env[NEW]"]);
  assert.deepEqual(paths({ env: [{ name: "A", value: "1" }] }, { env: [{ name: "A", value: "2" }] }), ["env[A].value"]);
});

test("without names it goes by its place, and where names are not unique too", () => {
  assert.deepEqual(paths({ args: ["a", "b"] }, { args: ["a", "c", "d"] }), ["args[1]", "args[2]"]);
  const twice = (value: string) => ({ ports: [{ name: "a" }, { name: "a", value }] });
  assert.deepEqual(paths(twice("1"), twice("2")), ["ports[1].value"]);
});

test("another order of a list is a change of the list", () => {
  assert.deepEqual(paths({ env: [{ name: "A" }, { name: "B" }] }, { env: [{ name: "B" }, { name: "A" }] }), ["env"]);
});

test("a key that would read as several stands in brackets", () => {
  assert.deepEqual(paths({ data: { "a.yml": "1" } }, { data: { "a.yml": "2" } }), ["data[a.yml]"]);
});

test.run();
