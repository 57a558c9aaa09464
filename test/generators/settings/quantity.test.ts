import assert from "node:assert/strict";
import { test } from "uvu";
import { quantity } from "../../../generators/settings/quantity.js";

test("suffixes, decimals and exponents are read", () => {
  assert.equal(quantity("250m"), 0.25);
  assert.equal(quantity("1.5Gi"), 1.5 * 2 ** 30);
  assert.equal(quantity("2G"), 2e9);
  assert.equal(quantity("3e3"), 3000);
  assert.equal(quantity("1E"), 1e18);
  assert.equal(quantity(2), 2);
  assert.equal(quantity("-1"), -1);
});

test("anything else is no quantity", () => {
  for (const text of ["", "Mi", "1 Gi", "512MB", "1K", "1..5", "one"]) assert.equal(quantity(text), undefined, text);
});

test.run();
