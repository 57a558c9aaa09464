import assert from "node:assert/strict";
import { test } from "uvu";
import type { JobCatalogue } from "../../metrics/catalogue/types.js";
import { type KeepList, keeping, keepLists, ruleReads } from "../../metrics/keep-list.js";

const plain = { unit: "", help: "" };
const state: JobCatalogue = {
  kube_pod_info: { type: "gauge", ...plain, labels: { namespace: null, pod: null } },
  kube_node_status_condition: {
    type: "gauge",
    ...plain,
    labels: { node: null, condition: ["DiskPressure", "Ready"], status: ["false", "true", "unknown"] },
  },
  kube_job_complete: { type: "gauge", ...plain, labels: { condition: ["false", "true"] } },
};
const server: JobCatalogue = {
  request_seconds: { type: "histogram", ...plain, labels: { verb: null, le: ["0.5", "1.0", "+Inf"] } },
  gc_seconds: { type: "summary", ...plain, labels: { quantile: ["0.5", "1.0"] } },
  process_cpu_seconds_total: { type: "counter", ...plain, labels: {} },
  queue_count: { type: "gauge", ...plain, labels: { name: null } },
};
const jobs = [
  { job: "state", metrics: state },
  { job: "server", metrics: server },
];

/** The conditions under which each name is kept of a job. */
function kept(job: string, ...expressions: string[]) {
  return [...listOf(job, ...expressions)].map(([name, parts]) => [name, parts.map(({ conditions }) => conditions)]);
}

function listOf(job: string, ...expressions: string[]): KeepList {
  const reads = expressions.map((expr, index) => ({ expr, reader: `reader ${index}` }));
  return keepLists(jobs, reads).get(job) ?? new Map();
}

test("a name is kept of the jobs that expose it, as far as a selector means them", () => {
  assert.deepEqual(kept("state", "kube_pod_info", "process_cpu_seconds_total"), [["kube_pod_info", [{}]]]);
  assert.deepEqual(kept("server", 'process_cpu_seconds_total{job="state"}'), []);
  assert.deepEqual(kept("server", 'process_cpu_seconds_total{job=~"$job"}'), [["process_cpu_seconds_total", [{}]]]);
});

test("what no recording has is kept of each job that a selector may mean, unless Prometheus makes it", () => {
  assert.deepEqual(kept("server", 'own_total{job="server"}', "queue_count", "a:b:c", "up", 'ALERTS{job="server"}'), [
    ["own_total", [{}]],
    ["queue_count", [{}]],
  ]);
  assert.deepEqual(kept("state", "kube_pod_info", 'own_total{job="server"}'), [["kube_pod_info", [{}]]]);
});

test("what no recording has takes nothing of a job of which nobody reads anything else", () => {
  assert.deepEqual(kept("server", "own_total", "kube_pod_info"), []);
});

test("a rule reads what the templates of its labels and annotations query", () => {
  const annotations = {
    summary: '{{ $labels.pod }} query "a"',
    description: '{{ with query `b{c="d"}` }}{{ . | first | value }}{{ end }} and {{ query "e{f=\\"g\\"}" }}',
  };
  const rule = { alert: "A", expr: "up == 0", labels: { team: '{{ query "h" | first | label "i" }}' }, annotations };
  assert.deepEqual(
    ruleReads(rule).map(({ expr, reader }) => `${reader}: ${expr}`),
    ["alert A: up == 0", "alert A: h", 'alert A: b{c="d"}', 'alert A: e{f="g"}'],
  );
});

test("a part of the values is kept where every reader selects some", () => {
  const condition = (condition: string, more = "") => `kube_node_status_condition{condition${condition}${more}}`;
  assert.deepEqual(kept("state", condition('="Ready"'), condition('=~"DiskPressure|Ready"')), [
    ["kube_node_status_condition", [{ condition: ["DiskPressure", "Ready"] }]],
  ]);
  assert.deepEqual(kept("state", condition('="Ready"'), "kube_node_status_condition"), [
    ["kube_node_status_condition", [{}]],
  ]);
  assert.deepEqual(kept("state", condition('="Ready"'), condition('="DiskPressure"', ', status="true"')), [
    ["kube_node_status_condition", [{ condition: ["Ready"] }, { condition: ["DiskPressure"], status: ["true"] }]],
  ]);
  assert.deepEqual(kept("state", condition('="Ready"', ', status="true"'), condition('="Ready"', ', status="false"')), [
    ["kube_node_status_condition", [{ condition: ["Ready"], status: ["false", "true"] }]],
  ]);
});

test("what relabelling cannot ask for, what a person chooses and what the target adds select nothing", () => {
  for (const matcher of [
    'condition!="Ready"',
    'condition!~"R.+"',
    'condition=~"$condition"',
    'cluster="a"',
    'condition=~".*"',
  ])
    assert.deepEqual(kept("state", `kube_node_status_condition{${matcher}}`), [["kube_node_status_condition", [{}]]]);
  assert.deepEqual(kept("state", 'kube_pod_info{namespace!=""}', 'kube_pod_info{namespace="a"}'), [
    ["kube_pod_info", [{ namespace: ".+" }]],
  ]);
  assert.deepEqual(kept("state", 'kube_pod_info{pod=~"a-[0-9]+"}'), [["kube_pod_info", [{ pod: "a-[0-9]+" }]]]);
});

test("a histogram is kept by the parts and buckets that are read, and by the name that it has as a native one", () => {
  assert.deepEqual(kept("server", 'rate(request_seconds_bucket{le="1.0"}[5m]) / rate(request_seconds_count[5m])'), [
    ["request_seconds", [{}]],
    ["request_seconds_bucket", [{ le: ["1.0"] }]],
    ["request_seconds_count", [{}]],
  ]);
  const quantile = 'histogram_quantile(0.9, sum by (le) (rate(request_seconds_bucket{verb="GET"}[5m])))';
  assert.deepEqual(kept("server", quantile, 'request_seconds_bucket{verb="GET", le="0.5"}'), [
    ["request_seconds", [{ verb: ["GET"] }]],
    ["request_seconds_bucket", [{ verb: ["GET"] }]],
  ]);
  assert.deepEqual(kept("server", "gc_seconds_count", "queue_count"), [
    ["gc_seconds_count", [{}]],
    ["queue_count", [{}]],
  ]);
});

test("a pattern of names takes those that there are, and a selector without a name takes what is there anyway", () => {
  assert.deepEqual(kept("server", '{__name__=~"request_seconds_(sum|count)"}'), [
    ["request_seconds", [{}]],
    ["request_seconds_count", [{}]],
    ["request_seconds_sum", [{}]],
  ]);
  assert.deepEqual(kept("server", 'count by (__name__) ({job="server", __name__=~".+"})', '{job="$job"}'), []);
});

test("each part says who reads it", () => {
  const list = listOf("state", "kube_pod_info", "kube_pod_info", 'kube_pod_info{pod="a"}');
  assert.deepEqual(
    list.get("kube_pod_info")?.map(({ readers }) => readers),
    [["reader 0", "reader 1", "reader 2"]],
  );
});

test("names alone are kept in one step", () => {
  assert.deepEqual(keeping(listOf("state", "kube_pod_info", "kube_job_complete")), [
    { action: "keep", source_labels: ["__name__"], regex: "kube_job_complete|kube_pod_info" },
  ]);
});

test("what is read in part is marked label by label, in both forms of a whole bound", () => {
  const steps = keeping(
    listOf(
      "server",
      "process_cpu_seconds_total",
      'request_seconds_bucket{le="1"}',
      'request_seconds_bucket{le="+Inf"}',
      'queue_count{name=~"a.b|c.+"}',
      'gc_seconds{quantile="0.5"}',
    ),
  );
  const mark = { target_label: "__tmp_read", replacement: "1" };
  assert.deepEqual(steps, [
    { ...mark, source_labels: ["__name__"], regex: "process_cpu_seconds_total|request_seconds" },
    { ...mark, source_labels: ["__name__", "le"], regex: "request_seconds_bucket;(\\+Inf|1(\\.0)?)" },
    { ...mark, source_labels: ["__name__", "name"], regex: "queue_count;(a.b|c.+)" },
    { ...mark, source_labels: ["__name__", "quantile"], regex: "gc_seconds;0\\.5" },
    { action: "keep", source_labels: ["__tmp_read"], regex: "1" },
    { action: "labeldrop", regex: "__tmp_read" },
  ]);
});

test.run();
