import { allRuleFiles, ruleFiles } from "../../../../generators/prometheus/rules/index.js";
import { allJobs } from "../../../../generators/prometheus/scrape/applications.js";
import { asSet } from "../../../../generators/prometheus/scrape/as-set.js";
import type { Settings } from "../../../../generators/settings/index.js";
import type { Finding } from "../check.js";
import { alerts } from "./alerts.js";
import type { RuleCheck, Rules } from "./check.js";
import { dashboards } from "./dashboards.js";
import { promql } from "./promql.js";
import { runbooks } from "./runbooks.js";
import { tests } from "./tests.js";

/** Every check of the rules. A check of your own is one more file and one more line here. */
export const ruleChecks: readonly RuleCheck[] = [promql, alerts, runbooks, tests, dashboards];

/** What each check found, by its name. */
export async function runRuleChecks(settings: Settings): Promise<ReadonlyMap<string, readonly Finding[]>> {
  const rules = rulesOf(settings);
  const found = ruleChecks.map(async (check) => [check.name, await check.run(rules)] as const);
  return new Map(await Promise.all(found));
}

function rulesOf(settings: Settings): Rules {
  const jobs = allJobs(settings).map((job) => ({ ...job, config: asSet(job.config, settings) }));
  const names = jobs.map(({ config }) => config.job_name);
  // Also those that are off have a runbook and tests.
  return { settings, jobs, on: ruleFiles(settings, names), all: allRuleFiles({ ...settings, alerts: {} }) };
}
