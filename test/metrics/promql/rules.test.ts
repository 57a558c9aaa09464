import assert from "node:assert/strict";
import { test } from "uvu";
import { checkJobs, checkRules, describe } from "../../../metrics/promql/rules.js";
import type { AlertingRule, RecordingRule } from "../../../metrics/rule-file.js";
import { viewWith } from "../lib.js";

const source = "generators/prometheus/rules/node.ts";

function linesFor(rule: AlertingRule | RecordingRule): readonly string[] {
  return checkRules([{ source, groups: [{ name: "node", rules: [rule] }] }], viewWith([rule])).map(describe);
}

function alert(expr: string, description: string): AlertingRule {
  return { alert: "Sample", expr, labels: { severity: "warning" }, annotations: { summary: "", description } };
}

test("a mistake is told with file, rule and position", () => {
  assert.deepEqual(linesFor({ record: "node:cpu:rate5m", expr: "rate(node_cpu_secnds_total[5m])" }), [
    `${source}: record node:cpu:rate5m, line 1, column 6: unknown metric node_cpu_secnds_total: did you mean node_cpu_seconds_total?`,
  ]);
});

test("a description reads only labels that the alert has", () => {
  assert.deepEqual(linesFor(alert("sum by (node) (up) == 0", "{{ $labels.node }} of {{ $labels.severity }}")), []);
  assert.deepEqual(linesFor(alert("sum by (node) (up) == 0", "{{ $labels.instance }} is down")), [
    `${source}: alert Sample: its description reads the label instance, which the alert does not have (it has alertname, node, severity)`,
  ]);
});

test("a file of rules names the jobs whose series it reads", () => {
  const file = (jobs: readonly string[], expr: string) => ({
    source,
    jobs,
    groups: [{ name: "node", rules: [{ record: "a:b:c", expr }] }],
  });
  const read = (jobs: readonly string[], expr: string) => {
    const other = { source, jobs: ["server"], groups: [{ name: "other", rules: [{ record: "x:y:z", expr: "up" }] }] };
    return checkJobs([file(jobs, expr), other], viewWith()).map(({ message }) => message);
  };
  const message = (metric: string, job: string) =>
    `reads ${metric} of job ${job}, which the file does not name in its jobs`;
  assert.deepEqual(read(["server"], "rate(requests_total[5m])"), []);
  assert.deepEqual(read([], "rate(requests_total[5m])"), [message("requests_total", "server")]);
  assert.deepEqual(read([], 'up{job="node"} == 0'), [message("up", "node")]);
  assert.deepEqual(read([], "up == 0"), []);
  assert.deepEqual(read(["node"], "x:y:z"), [message("x:y:z", "server")]);
});

test.run();
