import { converted } from "../../../../generators/components/native-histograms.js";
import { allRuleFiles, ruleFiles } from "../../../../generators/prometheus/rules/index.js";
import { allJobs } from "../../../../generators/prometheus/scrape/applications.js";
import { asSet } from "../../../../generators/prometheus/scrape/as-set.js";
import { withAllJobs } from "../../../../generators/prometheus/scrape/off.js";
import type { Settings } from "../../../../generators/settings/index.js";
import type { HistogramForm } from "../../../../metrics/promql/histogram.js";
import { isPackage } from "../../project.js";
import { type Finding, unique } from "../check.js";
import { alerts } from "./alerts.js";
import type { RuleCheck, Rules } from "./check.js";
import { dashboards } from "./dashboards.js";
import { promql } from "./promql.js";
import { runbooks } from "./runbooks.js";
import { tests } from "./tests.js";

/** Every check of the rules. A check of your own is one more file and one more line here. */
const ruleChecks: readonly RuleCheck[] = [
  promql,
  alerts,
  // No setting changes what these look at, and the package does not have it.
  ...(isPackage ? [] : [runbooks, tests]),
  dashboards,
];

/** What each check found in either form of histograms, by its name. */
export async function runRuleChecks(settings: Settings): Promise<ReadonlyMap<string, readonly Finding[]>> {
  const forms = [rulesOf(settings, "classic"), rulesOf(settings, "native")];
  const found = ruleChecks.map(async (check) => {
    return [check.name, unique((await Promise.all(forms.map((rules) => check.run(rules)))).flat())] as const;
  });
  return new Map(await Promise.all(found));
}

/** Also those that are off by the settings are checked: what stays and reads their jobs was told to. */
function rulesOf(chosen: Settings, form: HistogramForm): Rules {
  const settings = withAllJobs(chosen);
  const all = allJobs(settings).map((job) => ({ ...job, config: asSet(job.config, settings) }));
  const jobs = form === "native" ? converted(all) : all;
  const names = jobs.map(({ config }) => config.job_name);
  // Also those that are off have a runbook and tests.
  const files = allRuleFiles({ ...settings, alerts: {} }, form);
  return { settings, form, jobs, on: ruleFiles(settings, names, form), all: files };
}
