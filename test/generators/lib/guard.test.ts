import assert from "node:assert/strict";
import { test } from "uvu";
import type { Base, Component, ConfigMapFiles } from "../../../generators/lib/component.js";
import { guarded, guardsOf } from "../../../generators/lib/guard.js";

const file = (name: string) => ({ name, source: "generators/a.ts", content: {} });
const map = (...files: string[]): ConfigMapFiles => ({
  name: "scrape",
  namespace: "ns",
  labels: {},
  folder: "",
  files: files.map(file),
});
const component: Base = { name: "a", source: "generators/a.ts", objects: [], configMaps: [map("a.yml", "b.yml")] };
const feature: Component = { name: "other-a", source: "generators/other.ts", replaces: [map("a.yml")] };
const key = "plain-prometheus/only-one-component-replaces.a.yml";

test("a file that a feature replaces is marked as the base's, and no other is", () => {
  assert.deepEqual(guarded([component], [feature])[0]?.configMaps?.[0]?.annotations, { [key]: "base" });
});

test("a ConfigMap that no feature touches stays as it is", () => {
  assert.deepEqual(guarded([component], [{ ...feature, replaces: [{ ...map("a.yml"), name: "rules" }] }]), [component]);
});

test("a feature replaces a file of the base alone, and then says so", () => {
  const path = "/metadata/annotations/plain-prometheus~1only-one-component-replaces.a.yml";
  assert.deepEqual(guardsOf(feature, [feature]), [
    {
      name: "once-scrape",
      target: { kind: "ConfigMap", name: "scrape" },
      operations: [
        { op: "test", path, value: "base" },
        { op: "replace", path, value: "other-a" },
      ],
    },
  ]);
});

test("a file that another feature brings is replaced after that one only, and brought once", () => {
  const path = "/metadata/annotations/plain-prometheus~1only-one-component-replaces.new.yml";
  const bringing: Component = { name: "new", source: "generators/new.ts", adds: [map("new.yml")] };
  const replacing: Component = { name: "other-new", source: "generators/other.ts", replaces: [map("new.yml")] };
  const both = [bringing, replacing];
  const operations = (before: string, after: string) => [
    { op: "test", path, value: before },
    { op: "replace", path, value: after },
  ];
  assert.deepEqual(guarded([component], both)[0]?.configMaps?.[0]?.annotations, {
    "plain-prometheus/only-one-component-replaces.new.yml": "nobody",
  });
  const [first] = guardsOf(bringing, both);
  assert.deepEqual([first?.name, first?.operations], ["first-scrape", operations("nobody", "new")]);
  assert.deepEqual(guardsOf(replacing, both)[0]?.operations, operations("new", "other-new"));
});

test("a file that one feature brings and no other replaces is not marked", () => {
  const bringing: Component = { name: "new", source: "generators/new.ts", adds: [map("new.yml")] };
  assert.deepEqual(guardsOf(bringing, [bringing]), []);
});

test.run();
