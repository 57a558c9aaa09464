import assert from "node:assert/strict";
import { test } from "uvu";
import { withoutVariables } from "../../../metrics/promql/variables.js";
import { messages } from "../lib.js";

const panel = 'sum by (node) (rate(node_cpu_seconds_total{node=~"$node"}[$__rate_interval])) > ${limit:raw}';

test("an expression with Grafana's variables becomes PromQL of the same length", () => {
  const replaced = withoutVariables(panel, 15_000);
  assert.equal(replaced.length, panel.length);
  assert.match(replaced, /\{node=~"\$node"\}\[60000ms +\]\)\) > 1 +$/);
  assert.deepEqual(messages(replaced), []);
});

test("the interval between two points is no window for a rate", () => {
  assert.match(
    messages(withoutVariables("rate(requests_total[$__interval])", 15_000)).join(),
    /under four scrape intervals/,
  );
});

test("a variable of its own between brackets is a duration", () => {
  assert.deepEqual(messages(withoutVariables("rate(requests_total[$window])", 15_000)), []);
});

test.run();
