import assert from "node:assert/strict";
import { test } from "uvu";
import { operands } from "../../../metrics/promql/operands.js";

test("what a comparison looks at is asked for without its bound", () => {
  assert.deepEqual(operands("rate(a[5m]) > 0.1"), ["rate(a[5m]) > 0.1", "rate(a[5m])"]);
});

test("both sides of a set operator are asked for, and what stands within them", () => {
  const expression = 'max by (node) (a) == bool 1 and on (node) (b < 2 unless c{x="y"})';
  assert.deepEqual(operands(expression), [
    expression,
    "max by (node) (a) == bool 1",
    '(b < 2 unless c{x="y"})',
    "max by (node) (a)",
    "b < 2",
    'c{x="y"}',
    "b",
  ]);
});

test("arithmetic stays whole", () => {
  assert.deepEqual(operands("a / b"), ["a / b"]);
});

test.run();
