import assert from "node:assert/strict";
import { test } from "uvu";
import type { JobCatalogue, KnownValues } from "../../../../metrics/catalogue/types.js";
import { merged } from "../../../../proof/lib/catalogue/merge.js";

function catalogue(metrics: Record<string, Record<string, KnownValues>>): JobCatalogue {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, labels]) => [name, { type: "gauge", unit: "", help: "", labels }]),
  );
}

test("what is only seen now and then stays", () => {
  const both = merged(catalogue({ b: {} }), catalogue({ a: {} }));
  assert.deepEqual(Object.keys(both), ["a", "b"]);
});

test("values of both are known", () => {
  const both = merged(catalogue({ a: { reason: ["X"] } }), catalogue({ a: { reason: ["W", "X"] } }));
  assert.deepEqual(both.a?.labels, { reason: ["W", "X"] });
});

test("a label that one of them lacks is optional", () => {
  assert.deepEqual(merged(catalogue({ a: { x: null } }), catalogue({ a: {} })).a?.optional, ["x"]);
});

test("values that are not put down any more go", () => {
  assert.deepEqual(merged(catalogue({ a: { x: ["1"] } }), catalogue({ a: { x: null } })).a?.labels, { x: null });
});

test("the same twice changes nothing", () => {
  const one = catalogue({ a: { le: ["2.5", "10.0", "+Inf"] } });
  assert.deepEqual(merged(one, one), one);
});

test.run();
