import assert from "node:assert/strict";
import { test } from "uvu";
import { parse } from "../../../metrics/promql/parse.js";
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

test("a variable in place of a name, of a number or of an aggregation is none of the PromQL's mistakes", () => {
  for (const panel of [
    'sum by ($by, [[other]]) (rate(${prefix}_total{$label=~"$value"}[[[window]]]))',
    'topk($n, $metric{a="b"}) / ${__range_s}',
    "${aggregation} by (a) (increase(b[${__range_s}s] offset $ago)) > $n",
    "level:$metric:rate5m and rate(a[${minutes}m:$__interval])",
  ]) {
    const replaced = withoutVariables(panel, 15_000);
    assert.equal(replaced.length, panel.length);
    assert.deepEqual(parse(replaced).problems, [], replaced);
  }
});

test.run();
