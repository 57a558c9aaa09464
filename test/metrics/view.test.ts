import assert from "node:assert/strict";
import { test } from "uvu";
import { resultLabels } from "../../metrics/promql/analyse.js";
import { messages, viewWith } from "./lib.js";

const severity = "warning";
const annotations = { summary: "", description: "" };

function labelsOf(expression: string, view = viewWith()): readonly string[] {
  return [...resultLabels(expression, view).known.keys()].sort();
}

test("the labels of a result follow from the expression", () => {
  assert.deepEqual(labelsOf("up"), ["instance", "job", "node"]);
  assert.deepEqual(labelsOf('up{job="server"}'), ["instance", "job"]);
  assert.deepEqual(labelsOf("sum by (node) (up)"), ["node"]);
  assert.deepEqual(labelsOf("sum(up)"), []);
  assert.deepEqual(labelsOf("topk(3, up)"), ["instance", "job", "node"]);
  assert.deepEqual(labelsOf("up == on (node) up"), ["node"]);
  assert.deepEqual(labelsOf("up and on (node) node_memory_MemFree_bytes"), ["instance", "job", "node"]);
  assert.deepEqual(labelsOf('up{node=""}'), ["instance", "job"]);
  assert.deepEqual(labelsOf('absent(up{job="node", instance!="x"})'), ["job"]);
  assert.deepEqual(labelsOf("histogram_quantile(0.9, rate(request_duration_seconds_bucket[5m]))"), [
    "code",
    "instance",
    "job",
  ]);
});

test("what a rule records can be read, with the labels that follow from it", () => {
  const view = viewWith([
    {
      record: "node:cpu:rate5m",
      expr: "sum by (node, mode) (rate(node_cpu_seconds_total[5m]))",
      labels: { tier: "a" },
    },
    { record: "cluster:cpu:rate5m", expr: 'sum(node:cpu:rate5m{mode="user"})' },
  ]);
  assert.deepEqual(labelsOf("node:cpu:rate5m", view), ["mode", "node", "tier"]);
  assert.deepEqual(labelsOf("cluster:cpu:rate5m", view), []);
  assert.match(messages("sum by (cpu) (node:cpu:rate5m)", view).join(), /has no label cpu/);
  assert.match(messages('node:cpu:rate5m{mode="usr"}', view).join(), /did you mean user/);
  assert.match(messages("nodes:cpu:rate5m", view).join(), /did you mean node:cpu:rate5m/);
});

test("a window over what a rule records holds four evaluations", () => {
  const view = viewWith([{ record: "node:free:bytes", expr: "sum by (node) (node_memory_MemFree_bytes)" }]);
  assert.match(messages("deriv(node:free:bytes[1m])", view).join(), /make it 2m at least/);
});

test("rules that read each other in a circle are no endless loop", () => {
  const view = viewWith([
    { record: "a", expr: "b" },
    { record: "b", expr: "a" },
  ]);
  assert.deepEqual(messages('a{x="y"}', view), []);
});

test("ALERTS has the labels of the alerts that there are", () => {
  const view = viewWith([
    { alert: "NodeDown", expr: "sum by (node) (up) == 0", labels: { severity }, annotations },
    { alert: "Other", expr: 'ALERTS{alertname="NodeDown"} == 1', labels: { severity: "critical" }, annotations },
  ]);
  assert.deepEqual(labelsOf("ALERTS", view), ["alertname", "alertstate", "node", "severity"]);
  assert.deepEqual(messages('ALERTS{severity="critical", node="a"}', view), []);
  assert.match(messages("sum by (namespace) (ALERTS)", view).join(), /has no label namespace/);
  assert.match(messages('ALERTS{alertname="NodDown"}', view).join(), /did you mean NodeDown/);
});

test.run();
