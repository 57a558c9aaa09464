import assert from "node:assert/strict";
import { test } from "uvu";
import { check, notices } from "../../../metrics/promql/check.js";
import { messages, viewWith } from "../lib.js";

const view = viewWith();

/** Asserts that one thing is wrong with the expression, about that part of it. */
function rejects(expression: string, excerpt: string, message: RegExp): void {
  const [first, ...more] = check(expression, view);
  assert.ok(first !== undefined, `${expression} was let through`);
  assert.deepEqual(more, [], expression);
  assert.match(first.message, message);
  assert.equal(first.excerpt, excerpt);
  assert.equal(expression.slice(first.offset, first.offset + excerpt.length), excerpt);
}

function accepts(...expressions: string[]): void {
  for (const expression of expressions) assert.deepEqual(messages(expression, view), [], expression);
}

test("what is there and makes sense is let through", () => {
  accepts(
    "vector(1)",
    "up == 0",
    'rate(node_cpu_seconds_total{job="node", mode!="idle"}[5m])',
    'sum by (node) (rate(node_cpu_seconds_total{mode=~"user|iowait"}[1m])) > 0.9',
    "node_memory_MemFree_bytes / node_memory_MemTotal_bytes < 0.1",
    "histogram_quantile(0.99, sum by (le, code) (rate(request_duration_seconds_bucket[5m])))",
    "rate(request_duration_seconds_sum[5m]) / rate(request_duration_seconds_count[5m])",
    "max_over_time(node_memory_MemFree_bytes[1h:1m])",
    "time() - scalar(node_memory_MemFree_bytes)",
    "sum(up) without (instance) offset 5m",
    "rate(node_vmstat_pgmajfault[5m]) + node_vmstat_pgmajfault",
    '{__name__="up"}',
    '{"up"}',
    'count by (__name__) ({job="node"})',
    "predict_linear(node_memory_MemFree_bytes[6h], 4 * 3600) < 0 # comment",
  );
});

test("a misspelt metric is named with its position and the nearest one", () => {
  const [finding] = check("1 -\n  rate(node_cpu_secnds_total[5m])", view);
  assert.deepEqual(finding, {
    offset: 11,
    line: 2,
    column: 8,
    excerpt: "node_cpu_secnds_total",
    message: "unknown metric node_cpu_secnds_total: did you mean node_cpu_seconds_total?",
  });
});

test("a metric that nothing resembles is named without a suggestion", () => {
  rejects("sum(entirely_different)", "entirely_different", /^unknown metric entirely_different$/);
});

test("a metric in braces is looked up too", () => {
  rejects('{__name__="node_cpu"}', '{__name__="node_cpu"}', /unknown metric node_cpu/);
  rejects('{"node.cpu"}', '{"node.cpu"}', /unknown metric node\.cpu/);
  rejects('{__name__=~"noode_.*"}', '{__name__=~"noode_.*"}', /no metric has such a name/);
});

test("a metric of a job that is off is named as such", () => {
  rejects("etcd_has_leader == 0", "etcd_has_leader", /job etcd exposes it, which is off/);
});

test("a histogram's name without an ending is explained", () => {
  rejects("rate(request_duration_seconds[5m])", "request_duration_seconds", /it is a histogram, whose series are/);
});

test("a job must be there, and expose the metric", () => {
  rejects('up{job="serveer"}', 'job="serveer"', /no job serveer.*did you mean server/);
  rejects('requests_total{job="node"} > 0', 'job="node"', /job node does not expose requests_total: server does/);
  rejects('up{job="etcd"}', 'job="etcd"', /no job etcd, or it is off/);
});

test("labels that are matched, grouped by, joined on or rewritten must be there", () => {
  rejects('up{nod="a"}', 'nod="a"', /up has no label nod: did you mean node\?/);
  rejects("sum by (nod) (up)", "nod", /has no label nod/);
  rejects("sum without (mode) (up)", "mode", /has no label mode/);
  rejects("up * on (mode) group_right () rate(node_cpu_seconds_total[5m])", "mode", /the left side has no label mode/);
  rejects("up / ignoring (mode) up", "mode", /neither side has label mode/);
  rejects("up * on (instance) group_left (mode) up", "mode", /the right side has no label mode/);
  rejects("up * on (instance) group_right (mode) up", "mode", /the left side has no label mode/);
  rejects('label_replace(up, "x", "$1", "mode", "(.*)")', '"mode"', /label_replace reads has no label mode/);
  rejects('label_join(up, "x", "-", "node", "mode")', '"mode"', /label_join reads has no label mode/);
  rejects('sort_by_label(up, "mode")', '"mode"', /has no label mode/);
});

test("a label that aggregation dropped is gone", () => {
  rejects("sum by (node) (sum by (mode) (rate(node_cpu_seconds_total[5m])))", "node", /has no label node/);
  rejects("max by (cpu) (sum without (cpu) (rate(node_cpu_seconds_total[5m])))", "cpu", /has no label cpu/);
});

test("a label that a function or a join adds is there", () => {
  accepts(
    'sum by (x) (label_replace(up, "x", "$1", "node", "(.*)"))',
    'sum by (x) (count_values by (node) ("x", up))',
    "sum by (mode) (up * on (instance) group_right () rate(node_cpu_seconds_total[5m]))",
    "sum by (code) (up * on (instance) group_left (code) rate(requests_total[5m]))",
    'sum by (node) (absent(up{node="a"}))',
  );
});

test("a value that a label never has is named with the nearest one", () => {
  rejects(
    'rate(node_cpu_seconds_total{mode="idel"}[5m])',
    'mode="idel"',
    /never "idel".*\(known: idle, iowait, user\)/,
  );
  rejects('rate(node_cpu_seconds_total{mode=~"user|system"}[5m])', 'mode=~"user|system"', /never "system"/);
  rejects('rate(requests_total{code=~"3.."}[5m])', 'code=~"3.."', /never like 3\.\./);
});

test("a bucket is matched as Prometheus writes it", () => {
  rejects('rate(request_duration_seconds_bucket{le="3"}[5m])', 'le="3"', /never "3" \(known: 0\.1, 3\.0, \+Inf\)/);
  accepts('rate(request_duration_seconds_bucket{le="3.0"}[5m])');
});

test("ruling out what is not there does no harm, unless it is misspelt", () => {
  accepts('rate(node_cpu_seconds_total{mode!~"steal|guest"}[5m])', 'rate(requests_total{code!~"5.."}[5m])');
  rejects('rate(node_cpu_seconds_total{mode!="iowat"}[5m])', 'mode!="iowat"', /did you mean iowait/);
});

test("values that are not known are not checked", () => {
  accepts(
    'up{node="anything"}',
    'rate(requests_total{user=~"a|b"}[5m])',
    'rate(node_cpu_seconds_total{mode="$mode"}[5m])',
  );
});

test("a counter's value is not used as it is", () => {
  const message = /^counter requests_total only ever grows until it restarts: use rate or increase$/;
  rejects("requests_total", "requests_total", message);
  rejects("sum by (code) (requests_total)", "requests_total", message);
  rejects("requests_total / 2 > 1", "requests_total", message);
  rejects("topk(3, max_over_time(requests_total[5m]))", "requests_total", message);
  rejects("requests_total unless requests_total > 5", "requests_total", message);
  rejects("up or requests_total", "requests_total", message);
  rejects(
    "histogram_quantile(0.9, request_duration_seconds_bucket)",
    "request_duration_seconds_bucket",
    /only ever grows/,
  );
  rejects("delta(requests_total[5m])", "requests_total", /counts restarts in/);
});

test("a counter may be compared, counted and asked whether it is there", () => {
  accepts(
    "requests_total > 0",
    "sum by (job) (requests_total) == 0",
    "count by (code) (requests_total)",
    "absent(requests_total)",
    "changes(requests_total[5m])",
    "up unless on (instance) requests_total",
    "timestamp(requests_total)",
    "sum by (code) (requests_total unless requests_total offset 15m)",
  );
});

test("rate is for counters", () => {
  rejects(
    "rate(node_memory_MemFree_bytes[5m])",
    "rate(node_memory_MemFree_bytes[5m])",
    /is a gauge: use delta or deriv/,
  );
  rejects("resets(up[5m])", "resets(up[5m])", /is a gauge: use changes/);
});

test("histogram_quantile needs le", () => {
  const expression = "histogram_quantile(0.9, sum by (code) (rate(request_duration_seconds_bucket[5m])))";
  rejects(expression, expression, /reads the label le, which is not there any more/);
});

const native = viewWith(
  [{ record: "code:request_duration_seconds:rate5m", expr: "sum by (code) (rate(request_duration_seconds[5m]))" }],
  ["native"],
);

test("native histograms are asked without le, by rules that were recorded of them too", () => {
  const asked = [
    "histogram_quantile(0.9, sum by (code) (rate(request_duration_seconds[5m])))",
    "histogram_quantile(0.9, sum(code:request_duration_seconds:rate5m))",
    "histogram_fraction(0, 3, rate(request_duration_seconds[5m])) > 0.5",
    "sum by (code) (histogram_count(increase(request_duration_seconds[1h]))) > 0",
    "histogram_sum(rate(request_duration_seconds[5m])) / histogram_count(rate(request_duration_seconds[5m])) > 1",
    "count by (code) (request_duration_seconds)",
    "absent(request_duration_seconds)",
    "sum by (code) (rate(request_duration_seconds[5m])) * 2 / 3",
  ];
  for (const expression of asked) assert.deepEqual(messages(expression, native), [], expression);
});

test("a histogram that is kept in the other form is not read", () => {
  const says =
    /unknown metric request_duration_seconds_(bucket|sum|count): job server keeps request_duration_seconds as a native histogram: read that by histogram_quantile/;
  for (const part of ["bucket", "sum", "count"])
    assert.match(messages(`rate(request_duration_seconds_${part}[5m])`, native).join(), says);
  assert.match(messages("rate(request_duration_seconds[5m])").join(), /it is a histogram, whose series are .*_bucket/);
  const both = viewWith([], ["classic", "native"]);
  for (const name of ["request_duration_seconds", "request_duration_seconds_sum"])
    assert.deepEqual(messages(`rate(${name}[5m])`, both), []);
});

test("a native histogram is a counter, and no number", () => {
  const said = (expression: string) => messages(expression, native).join();
  assert.match(said("histogram_quantile(0.9, request_duration_seconds)"), /only ever grows/);
  assert.match(said("rate(request_duration_seconds[5m]) > 1"), /neither more nor less .*ask histogram_quantile/);
  assert.match(said("max by (code) (rate(request_duration_seconds[5m]))"), /^max gives nothing of a native histogram/);
  assert.match(said("abs(rate(request_duration_seconds[5m]))"), /^abs gives nothing of a native histogram/);
  assert.match(said("histogram_count(rate(requests_total[5m]))"), /gives nothing of numbers/);
  assert.match(said("histogram_quantile(0.9, rate(requests_total[5m]))"), /reads the label le/);
});

test("a share up to what is the bound of no bucket is told, and is no error", () => {
  const share = (limits: string) => `histogram_fraction(${limits}, rate(request_duration_seconds[5m]))`;
  const told = (expression: string, view = native) => notices(expression, view).map(({ message }) => message);
  for (const limits of ["0, 0.1", "-Inf, 3", "0.1, +Inf"]) assert.deepEqual(told(share(limits)), [], limits);
  assert.deepEqual(told(share("0, 0.2")), [
    "0.2 is the bound of no bucket, so that the share is interpolated (bounds: 0.1, 3)",
  ]);
  assert.deepEqual(messages(share("0, 0.2"), native), []);
  const classic = "histogram_fraction(0, 0.2, sum by (le) (rate(request_duration_seconds_bucket[5m])))";
  assert.match(told(classic, viewWith()).join(), /interpolated \(bounds: 0\.1, 3\)/);
});

test("a window holds four scrapes", () => {
  accepts("rate(requests_total[1m])", "rate(requests_total[60])");
  rejects(
    "rate(requests_total[45s])",
    "rate(requests_total[45s])",
    /45s is under four scrape intervals: make it 1m at least/,
  );
});

test("two sides that can never match are told", () => {
  const expression = "sum by (node) (node_memory_MemFree_bytes) / sum by (instance) (up)";
  rejects(expression, "/", /no two series match here, because only one side has instance, node/);
  rejects("up and rate(node_cpu_seconds_total[5m])", "and", /only one side has cpu, mode/);
  accepts("up and on (instance) rate(node_cpu_seconds_total[5m])", "up or rate(node_cpu_seconds_total[5m])");
});

test("a label that is not always there does not keep two sides apart", () => {
  accepts("rate(requests_total[5m]) / ignoring (user) rate(request_duration_seconds_count[5m])");
  accepts("rate(requests_total[5m]) / rate(request_duration_seconds_count[5m])");
});

test("what kube-state-metrics tells is counted once, also while there are two of it", () => {
  const twice = /takes each object twice while there are two instances of kube-state-metrics/;
  rejects("count(kube_pod_info)", "count(kube_pod_info)", twice);
  rejects("sum(kube_pod_info) without (instance)", "sum(kube_pod_info) without (instance)", twice);
  rejects(
    'sum by (namespace) (kube_pod_info{pod="a"} and on (node) kube_node_info == 1)',
    'sum by (namespace) (kube_pod_info{pod="a"} and on (node) kube_node_info == 1)',
    twice,
  );
  rejects(
    'count(label_replace(kube_node_info, "a", "b", "node", ".*") > 0)',
    'count(label_replace(kube_node_info, "a", "b", "node", ".*") > 0)',
    twice,
  );
  const joined = "kube_pod_info * on (node) group_left () kube_node_info";
  rejects(joined, joined, /the right side of kube_node_info takes each object twice/);
  accepts(
    "count(max by (node) (kube_node_info))",
    "sum by (namespace) (max by (namespace, pod) (kube_pod_info and on (node) kube_node_info == 1))",
    "kube_pod_info * on (node) group_left () max by (node) (kube_node_info)",
    "count(group by (instance) (kube_node_info))",
    'count(up{job="kube-state-metrics"})',
    "count by (node) (up unless on (node) kube_node_info)",
    "max by (node) (kube_node_info) * 2",
  );
});

test("what is not PromQL is told where", () => {
  rejects("sum(up", "", /something is missing here/);
  rejects("up up", "up", /did not expect up here/);
  rejects("raate(up[5m])", "raate", /no function raate: did you mean rate\?/);
  rejects('up{job="node', '"node', /this string has no end/);
});

test("one mistake is told once", () => {
  assert.equal(messages("sum by (x, y) (unknown_metric{z='1'}) / on (x) unknown_metric").length, 2);
});

test.run();
