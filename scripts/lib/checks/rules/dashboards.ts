import { slowest } from "../../../../generators/grafana/config.js";
import { dashboards as dashboardsOf } from "../../../../generators/grafana/dashboards/index.js";
import { milliseconds } from "../../../../generators/settings/index.js";
import { type RuleCheck, viewOf } from "./check.js";
import { formFindings, queryFindings } from "./dashboard-findings.js";

/** Every panel of every dashboard shows what is there, and says what it shows. */
export const dashboards: RuleCheck = {
  name: "dashboards",
  async run(rules) {
    const { settings, form, jobs } = rules;
    const files = dashboardsOf(
      settings,
      jobs.map(({ config }) => config.job_name),
      form,
    );
    const found = [...formFindings(files), ...queryFindings(files, viewOf(rules), milliseconds(slowest(settings)))];
    return found.map(({ file, where, message }) => ({
      object: where === undefined ? file : `${file}: ${where}`,
      message,
      fix: "correct it; or declare what is only there under conditions in metrics/catalogue/conditional.ts",
    }));
  },
};
