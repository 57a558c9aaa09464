import assert from "node:assert/strict";
import { test } from "uvu";
import { allRuleFiles, ruleFiles } from "../../../../../generators/prometheus/rules/index.js";
import { scrapeJobs } from "../../../../../generators/prometheus/scrape/index.js";
import { defaults } from "../../../../../generators/settings/index.js";
import { dashboards } from "../../../../../scripts/lib/checks/rules/dashboards.js";

const jobs = scrapeJobs(defaults);
const names = jobs.map(({ config }) => config.job_name);
const rules = {
  settings: defaults,
  form: "classic" as const,
  jobs,
  on: ruleFiles(defaults, names),
  all: allRuleFiles(defaults),
};

test("every panel of every dashboard reads what targets expose or rules record", async () => {
  assert.deepEqual(await dashboards.run(rules), []);
});

test("a panel whose rule is gone is found, with its file and its place", async () => {
  const [finding] = await dashboards.run({ ...rules, on: [] });
  assert.match(
    finding?.object ?? "",
    /^generators\/grafana\/dashboards\/cluster\.ts: panel Critical alerts, query A, line 1, column \d+$/,
  );
});

test.run();
