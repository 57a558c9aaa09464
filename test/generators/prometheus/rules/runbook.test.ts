import assert from "node:assert/strict";
import { test } from "uvu";
import { parse } from "yaml";
import { yaml } from "../../../../generators/lib/text.js";
import { withRunbooks } from "../../../../generators/prometheus/rules/runbook.js";
import type { AlertingRule, RuleFile } from "../../../../metrics/rule-file.js";

const alert: AlertingRule = {
  alert: "Broken",
  expr: "x > 0",
  for: "15m",
  labels: { severity: "warning" },
  annotations: { summary: "s", description: "d" },
};

function written(rule: AlertingRule, group: object = {}): string {
  const file: RuleFile = {
    subject: "s",
    about: "a",
    source: "s.ts",
    jobs: [],
    groups: [{ name: "g", rules: [rule], ...group }],
  };
  return yaml(withRunbooks(file, "docs/runbooks"));
}

test("an alert has the address of its runbook, and nothing that Prometheus does not know", () => {
  const text = written(
    { ...alert, excuses: { zero: "It is meant." }, why: "It is so." },
    { interval: "1m", why: "As well." },
  );
  const annotations = { ...alert.annotations, runbook_url: "docs/runbooks/Broken.md" };
  assert.deepEqual(parse(text), { groups: [{ name: "g", rules: [{ ...alert, annotations }], interval: "1m" }] });
});

test("the reason for a rule, a field of it or a group is a comment before it", () => {
  assert.match(written({ ...alert, why: "It is so." }), /\n +# It is so\.\n +- alert: Broken\n/);
  assert.match(written({ ...alert, why: { for: "It takes long." } }), /\n +# It takes long\.\n +for: 15m\n/);
  assert.match(
    written(alert, { interval: "1m", why: { interval: "It is slow." } }),
    /\n +# It is slow\.\n +interval: 1m\n/,
  );
});

test("what many expressions have for the same reason is said once, and only where one has it", () => {
  const bridging = written({ ...alert, expr: "max_over_time(x[5m]) > 0" });
  assert.match(bridging, /^# A maximum, minimum or last value of 5 minutes bridges a scrape/);
  assert.match(
    written({ ...alert, expr: 'max by (a) (kube_x{job="kube-state-metrics"}) > 0' }),
    /^# The last lines of an alert/,
  );
  assert.match(written({ ...alert, expr: "x / (y > 0) > 1" }), /^# Below a fraction/);
  assert.match(written(alert), /^groups:/);
});

test.run();
