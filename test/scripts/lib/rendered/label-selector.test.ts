import assert from "node:assert/strict";
import { test } from "uvu";
import { selects } from "../../../../scripts/lib/rendered/label-selector.js";

const labels = { app: "prometheus", tier: "server" };
const by = (key: string, operator: string, values?: string[]) =>
  selects({ matchExpressions: [{ key, operator, ...(values && { values }) }] }, labels);

test("an empty selector selects everything", () => {
  assert.ok(selects({}, labels));
});

test("every label of matchLabels must be there", () => {
  assert.ok(selects({ matchLabels: { app: "prometheus" } }, labels));
  assert.ok(!selects({ matchLabels: { app: "prometheus", tier: "agent" } }, labels));
  assert.ok(!selects({ matchLabels: { zone: "a" } }, labels));
});

test("each operator of matchExpressions holds when it should, and only then", () => {
  assert.deepEqual([by("app", "In", ["prometheus", "x"]), by("app", "In", ["x"])], [true, false]);
  assert.deepEqual([by("app", "NotIn", ["x"]), by("app", "NotIn", ["prometheus"])], [true, false]);
  assert.deepEqual([by("zone", "NotIn", ["a"]), by("zone", "In", ["a"])], [true, false]);
  assert.deepEqual([by("app", "Exists"), by("zone", "Exists")], [true, false]);
  assert.deepEqual([by("zone", "DoesNotExist"), by("app", "DoesNotExist")], [true, false]);
});

test.run();
