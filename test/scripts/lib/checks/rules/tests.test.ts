import assert from "node:assert/strict";
import { test } from "uvu";
import { parse } from "yaml";
import { testFindings } from "../../../../../scripts/lib/checks/rules/tests.js";
import { alert } from "./fixtures.js";

const fires = "tests: [{ alert_rule_test: [{ alertname: JobDown, eval_time: 1m, exp_alerts: [{ exp_labels: {} }] }] }]";
const silent = "tests: [{ alert_rule_test: [{ alertname: JobDown, eval_time: 1m, exp_alerts: [] }] }]";
const silentToo = "tests: [{ alert_rule_test: [{ alertname: JobDown, eval_time: 1m }] }]";

function messages(...files: string[]): readonly string[] {
  return testFindings(
    [alert("JobDown")],
    files.map((text) => parse(text)),
  ).map(({ message }) => message);
}

test("an alert that fires in one test and is silent in another is let through", () => {
  assert.deepEqual(messages(fires, silent), []);
  assert.deepEqual(messages(fires, silentToo), []);
});

test("an alert that no test sees fire, or none sees silent, is named", () => {
  assert.deepEqual(messages(fires), ["has no test that sees it silent"]);
  assert.deepEqual(messages(silent), ["has no test that sees it fire"]);
  assert.equal(messages("rule_files: []").length, 2);
});

test("an alert that always fires cannot be silent", () => {
  assert.deepEqual(testFindings([alert("JobDown", {}, "vector(1)")], [parse(fires)]), []);
});

test.run();
