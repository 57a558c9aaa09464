import { bridged } from "../../../../generators/prometheus/rules/bridge.js";
import { notRecorded } from "../../../../metrics/catalogue/conditional.js";
import { catalogues } from "../../../../metrics/catalogue/index.js";
import { checkJobs, checkRules, checkWorstDays } from "../../../../metrics/promql/rules.js";
import { type RuleCheck, viewOf } from "./check.js";

/** Every expression reads what is there, and every file of rules goes with the jobs that it reads. */
export const promql: RuleCheck = {
  name: "promql",
  async run(rules) {
    const { jobs, on } = rules;
    const unrecorded = jobs
      // What applications expose is theirs to know, and nothing here reads it.
      .filter(({ expects }) => expects.every !== "annotated")
      .filter(({ config: { job_name } }) => !catalogues.has(job_name) && !notRecorded.has(job_name))
      .map(({ config, source }) => ({
        object: source,
        message: `nothing was recorded of what job ${config.job_name} exposes`,
        fix: `npm run catalogue -- --job ${config.job_name}, with the job running`,
      }));
    const view = viewOf(rules);
    const running = on.map(bridged);
    const found = [...checkRules(running, view), ...checkWorstDays(running, view)];
    const wrong = found.map(({ file, rule, at, message }) => ({
      object: `${file}: ${rule}${at === undefined ? "" : `, line ${at.line}, column ${at.column}`}`,
      message,
      fix: "correct it; or declare what is only there under conditions in metrics/catalogue/conditional.ts",
    }));
    const unnamed = checkJobs(on, view).map(({ file, rule, message }) => ({
      object: `${file}: ${rule}`,
      message,
      fix: "name the job in the jobs of the file, so that the rules go where the job goes",
    }));
    return [...unrecorded, ...wrong, ...unnamed];
  },
};
