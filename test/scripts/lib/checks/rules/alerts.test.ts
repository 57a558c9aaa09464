import assert from "node:assert/strict";
import { test } from "uvu";
import { annotationFindings } from "../../../../../scripts/lib/checks/rules/alerts.js";
import { alert } from "./fixtures.js";

test("an alert that says what is wrong is let through", () => {
  assert.deepEqual(annotationFindings(alert("JobDown")), []);
});

test("an alert without a description, or with values in its summary, is not", () => {
  assert.match(annotationFindings(alert("JobDown", { description: " " }))[0]?.message ?? "", /no description/);
  const [finding] = annotationFindings(alert("JobDown", { summary: "{{ $labels.job }} is down." }));
  assert.match(finding?.message ?? "", /values in its summary/);
  assert.equal(finding?.object, "generators/prometheus/rules/sample.ts: alert JobDown");
});

test("a name that is not CamelCase is not", () => {
  assert.match(annotationFindings(alert("job_down"))[0]?.message ?? "", /CamelCase/);
});

test.run();
