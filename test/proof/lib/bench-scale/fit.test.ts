import assert from "node:assert/strict";
import { test } from "uvu";
import { fit } from "../../../../proof/lib/bench-scale/fit.js";

test("a line through points of a line is that line", () => {
  const { start, slope, rSquared } = fit([10, 50, 100].map((x) => [x, 7 + 3 * x]));
  assert.ok(Math.abs(start - 7) < 1e-9 && Math.abs(slope - 3) < 1e-9 && Math.abs(rSquared - 1) < 1e-12);
});

test("what is not linear explains less", () => {
  const { rSquared } = fit([10, 50, 100, 500].map((x) => [x, x * x]));
  assert.ok(rSquared < 0.99, `${rSquared}`);
});

test("a large x that is off does not take the line below zero at small ones", () => {
  const { at } = fit([
    [10, 10],
    [50, 26],
    [100, 48],
    [200, 99],
    [500, 310],
  ]);
  assert.ok(at(1) > 0 && Math.abs(at(10) - 10) < 1 && Math.abs(at(200) - 99) < 10, `${at(1)}, ${at(10)}, ${at(200)}`);
});

test("one point is no line", () => {
  assert.throws(
    () =>
      fit([
        [10, 1],
        [10, 2],
      ]),
    /takes two points/,
  );
});

test.run();
