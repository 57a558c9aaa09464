import assert from "node:assert/strict";
import { test } from "uvu";
import { bill, type Measured } from "../../../../scripts/lib/cost/bill.js";
import { estimate } from "../../../../scripts/lib/cost/estimate.js";
import { takenExpressions } from "../../../../scripts/lib/cost/measure.js";
import type { Query } from "../../../../scripts/lib/cost/queries.js";

const query = (kind: Query["kind"], of: string, expression: string): Query => ({
  kind,
  of,
  name: "some",
  expression,
  labels: {},
});

const measured: Measured = {
  jobs: [
    { job: "kubelet", targets: 2, scraped: 130, bytes: 1000, intervalSeconds: 15 },
    { job: "prometheus", targets: 1, scraped: 30, bytes: undefined, intervalSeconds: 30 },
  ],
  kept: [
    { job: "kubelet", name: "seconds_bucket", series: 80 },
    { job: "kubelet", name: "seconds_sum", series: 10 },
    { job: "kubelet", name: "seconds_count", series: 10 },
    { job: "kubelet", name: "build_info", series: 2 },
    { job: "prometheus", name: "build_info", series: 8 },
    { job: "prometheus", name: "read_total", series: 10 },
  ],
  taken: [
    { job: "kubelet", name: "seconds_bucket", series: 40 },
    { job: "prometheus", name: "read_total", series: 10 },
  ],
  headSeries: 130,
  memory: 1e8,
  nodes: 2,
  pods: 10,
  bytesPerSample: undefined,
};

const queries = [
  query("alert", "a.yml: one", 'rate(seconds_bucket{job="kubelet", le="1.0"}[5m]) > 1'),
  query("panel", "Two", 'read_total + on () {job="kubelet"}'),
  query("panel", "Two", 'sum(rate(seconds_bucket{job="kubelet"}[5m]))'),
];

test("the bill says of each job what is kept, read by name, and taken by a selector", () => {
  const { jobs } = bill(measured, queries);
  assert.deepEqual(
    jobs.map(({ job, kept, named, taken, readers }) => ({ job, kept, named, taken, readers })),
    [
      { job: "kubelet", kept: 102, named: 80, taken: 40, readers: ["Two", "a.yml: one"] },
      { job: "prometheus", kept: 18, named: 10, taken: 10, readers: ["Two"] },
    ],
  );
});

test("waste is what is kept for one that is read", () => {
  const { waste } = bill(measured, queries);
  assert.equal(waste.byName, 120 / 90);
  assert.equal(waste.bySelector, 120 / 50);
  assert.equal(bill(measured, []).waste.byName, Number.POSITIVE_INFINITY);
});

test("a selector of one job reads nothing of the same name of another", () => {
  const { jobs } = bill(measured, [query("panel", "Two", 'build_info{job="kubelet"}')]);
  assert.deepEqual(
    jobs.map(({ named }) => named),
    [2, 0],
  );
});

test("a metric that nobody reads is told of as one, with the parts of it that nobody reads", () => {
  assert.deepEqual(bill(measured, queries).unread, [
    { job: "kubelet", family: "seconds", series: 20 },
    { job: "prometheus", family: "build_info", series: 8 },
    { job: "kubelet", family: "build_info", series: 2 },
  ]);
});

test("what a dashboard or group alone reads is what it adds", () => {
  assert.deepEqual(
    bill(measured, queries).readers.map(({ of, series, alone }) => ({ of, series, alone })),
    [
      { of: "Two", series: 90, alone: 10 },
      { of: "a.yml: one", series: 80, alone: 0 },
    ],
  );
});

test("a converted histogram is one series for each of its sets of labels", () => {
  assert.deepEqual(bill(measured, queries).switched, { lean: 90, native: 30, both: 90 });
});

test("what selectors take is counted once, by the name in a label of its own", () => {
  const names = new Set(["seconds_bucket", "read_total"]);
  assert.deepEqual(takenExpressions([...queries, query("panel", "Three", "not_there")], names), [
    'count by (job, metric) (label_replace({__name__="seconds_bucket",job="kubelet",le="1.0"} or ' +
      '{__name__="seconds_bucket",job="kubelet"}, "metric", "seconds_bucket", "", "") or ' +
      'label_replace({__name__="read_total"}, "metric", "read_total", "", ""))',
  ]);
});

test("the estimate grows what grows with nodes and pods, and nothing else", () => {
  const { series, samplesPerSecond } = estimate(measured, { nodes: 20, pods: 10, days: 1 });
  assert.equal(series, 1020 + 18);
  assert.equal(samplesPerSecond, 1020 / 15 + 18 / 30);
  assert.equal(estimate(measured, { nodes: 2, pods: 10, days: 1 }).series, 120);
});

test.run();
