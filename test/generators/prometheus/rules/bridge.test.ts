import assert from "node:assert/strict";
import { test } from "uvu";
import { bridged } from "../../../../generators/prometheus/rules/bridge.js";
import type { AlertingRule, RuleFile } from "../../../../metrics/rule-file.js";

const state = 'kube_x{job="kube-state-metrics"}';

function alert(expr: string, more: Partial<AlertingRule> = {}): AlertingRule {
  const annotations = { summary: "s", description: "d" };
  return { alert: "Broken", expr, for: "15m", ...more, labels: { severity: "warning" }, annotations };
}

function bridgedRule(...rules: RuleFile["groups"][number]["rules"]): AlertingRule {
  const file = { subject: "s", about: "a", source: "s.ts", jobs: [], groups: [{ name: "g", rules }] };
  return bridged(file).groups[0]?.rules.at(-1) as AlertingRule;
}

test("an alert on what kube-state-metrics tells outlasts its move", () => {
  const { expr, keep_firing_for, for: waits } = bridgedRule(alert(`max by (x) (${state}) > 0`));
  assert.match(expr, /^max by \(x\) .*\nor max without .* \(ALERTS\{alertname="Broken", severity="warning"\}\)\nand /);
  assert.deepEqual([keep_firing_for, waits], ["5m", "15m"]);
});

test("so does one on what a rule recorded of it", () => {
  assert.match(bridgedRule({ record: "a:b:c", expr: `sum(${state})` }, alert("a:b:c > 0")).expr, /ALERTS/);
});

test("what it has of its own stays", () => {
  assert.equal(bridgedRule(alert(state, { keep_firing_for: "15m" })).keep_firing_for, "15m");
});

test("an alert that kube-state-metrics can only silence stays as it is, and so does one on itself", () => {
  for (const expr of [`y == 0 unless on (x) ${state}`, 'absent(up{job="kube-state-metrics"} == 1)']) {
    assert.deepEqual(bridgedRule(alert(expr)), alert(expr));
  }
});

test.run();
