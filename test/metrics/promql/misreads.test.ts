import assert from "node:assert/strict";
import { suite } from "uvu";
import { misreads } from "../../../metrics/promql/misreads.js";
import { viewWith } from "../lib.js";

const test = suite("histograms that are read in the other form");
const native = viewWith([], ["native"]);

function read(expression: string, view = native): string[] {
  return misreads(expression, view).map(({ metric, instead: [{ name, job }] }) => `${metric}: ${name} of ${job}`);
}

test("parts of a histogram that is native, and a bare one that is classic", () => {
  const ratio = "rate(request_duration_seconds_sum[5m]) / rate(request_duration_seconds_count[5m])";
  assert.deepEqual(read(ratio), [
    "request_duration_seconds_sum: request_duration_seconds of server",
    "request_duration_seconds_count: request_duration_seconds of server",
  ]);
  assert.deepEqual(read('rate(request_duration_seconds_bucket{le="0.1", code=~"4..|500"}[5m])').length, 1);
  assert.deepEqual(read("rate(request_duration_seconds[5m])", viewWith()), [
    "request_duration_seconds: request_duration_seconds_bucket of server",
  ]);
});

test("what is there is read, in either form", () => {
  assert.deepEqual(read("rate(request_duration_seconds[5m])"), []);
  assert.deepEqual(read("rate(request_duration_seconds_bucket[5m])", viewWith([], ["classic", "native"])), []);
  assert.deepEqual(read("rate(gc_duration_seconds_sum[5m]) + rate(nobody_knows_bucket[5m])"), []);
});

test("a selector that cannot mean the histogram reads another one", () => {
  const count = (matchers: string) => read(`rate(request_duration_seconds_count{${matchers}}[5m])`).length;
  for (const other of ['job="shop"', 'namespace="shop"', 'code="201"', 'job!="server"']) assert.equal(count(other), 0);
  for (const same of ['job="server"', 'namespace=""', 'code=~"2.."', 'job="$job"', 'tier=~"$tier"', 'instance="a"'])
    assert.equal(count(same), 1, same);
});

test.run();
