import assert from "node:assert/strict";
import { test } from "uvu";
import { selectors, standsOn } from "../../../metrics/promql/selectors.js";

test("every selector is found, with its metric and its matchers", () => {
  const found = selectors('sum(rate(a{b="c", d!~"e|\\"f"}[5m])) / on (b) {__name__="g", h=\'i\'} + {"j.k"}');
  assert.deepEqual(
    found.map(({ metric, matchers }) => [
      metric,
      matchers.map(({ label, operator, value }) => label + operator + value),
    ]),
    [
      ["a", ["b=c", 'd!~e|"f']],
      ["g", ["h=i"]],
      ["j.k", []],
    ],
  );
});

test("a metric that a regular expression chooses has no one name", () => {
  const [only] = selectors('{__name__=~"a|b"}');
  assert.equal(only?.metric, undefined);
  assert.equal(only?.matchers[0]?.value, "a|b");
});

test("an expression stands on all but what it only takes away", () => {
  const on = (expression: string) => standsOn(expression).map(({ metric }) => metric);
  assert.deepEqual(on("max by (x) (a) - b > 0 unless on (x) c == 1 unless d or e and f"), ["a", "b", "e", "f"]);
  assert.deepEqual(on("min(a / (b > 0) unless (c or d))"), ["a", "b"]);
});

test("escapes are read as Go reads them", () => {
  const values = selectors(String.raw`{a="\x41\u0042\103\n", b=${"`"}\n${"`"}}`)[0]?.matchers.map(({ value }) => value);
  assert.deepEqual(values, ["ABC\n", "\\n"]);
});

test("what is not PromQL selects nothing", () => {
  assert.deepEqual(selectors("sum(up"), []);
});

test.run();
