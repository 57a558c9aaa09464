import { allRuleFiles } from "../../../generators/prometheus/rules/index.js";
import { annotated, probing } from "../../../generators/prometheus/scrape/applications.js";
import { scrapeJobs } from "../../../generators/prometheus/scrape/index.js";
import { withAllJobs } from "../../../generators/prometheus/scrape/off.js";
import { optionalJobs } from "../../../generators/prometheus/scrape/optional.js";
import { thanosJobs } from "../../../generators/prometheus/scrape/thanos.js";
import { switchedOff } from "../../../generators/switched-off.js";
import type { RuleFile } from "../../../metrics/rule-file.js";
import { alertsOf } from "../../../scripts/lib/checks/rules/alerts.js";
import { projectSettings } from "../../../scripts/lib/settings.js";
import { table } from "../markdown-table.js";
import { type CoverageRow, coverage } from "./coverage.js";
import type { Section } from "./section.js";

const file = "docs/alerts.md";

/** Each file of rules: where it is, the jobs that it reads, and whether it is there by default. */
export function subjectsSection(): Section {
  const rows = allRuleFiles(projectSettings()).map((rules) => [
    `[${rules.subject}](#${rules.subject})`,
    rules.jobs.join(", ") || "all",
    onOrOff(rules),
    `${new Set(alertsOf([rules]).map(({ rule }) => rule.alert)).size}`,
    `[rules](../${rules.source})`,
  ]);
  const text = table(["Subject", "Reads the jobs", "On", "Alerts", "Source"], rows);
  return { file, name: "subjects", text };
}

/** Each way to fail, and the alert that tells of it with its test and runbook, or the reason why there is none. */
export function coverageSection(settings = projectSettings()): Section {
  const header = ["What goes wrong", "Known as", "Alert", "Severity", "Test", "Runbook"];
  const kept = Object.entries(settings.alerts).filter(([, { off }]) => off === undefined);
  const files = allRuleFiles({ ...withAllJobs(settings), alerts: Object.fromEntries(kept) });
  const off = "it goes with a job that the settings have off; base/README.md says which";
  const withJobs = switchedOff(settings).alerts.map((alert) => [alert, { off }] as const);
  const parts = coverage(files, { ...settings.alerts, ...Object.fromEntries(withJobs) }).map(
    ([subject, rows]) =>
      `### ${subject}\n\n${table(
        header,
        rows.map((row) => cells(row, subject)),
      )}`,
  );
  return { file, name: "coverage", text: parts.join("\n\n") };
}

function cells(row: CoverageRow, subject: string): string[] {
  const { failure, knownAs = "–" } = row;
  if ("reason" in row) return [failure, knownAs, `none: ${row.reason}`, "–", "–", "–"];
  const { alert, severities } = row;
  const test = `[test](../test/rules/${subject}.test.yml)`;
  return [failure, knownAs, alert, severities.join(", "), test, `[runbook](runbooks/${alert}.md)`];
}

function onOrOff({ jobs }: RuleFile): string {
  const on = scrapeJobs(projectSettings()).map(({ config }) => config.job_name);
  const off = jobs.filter((job) => !on.includes(job));
  if (off.length === 0) return "yes";
  const brought = [
    ...optionalJobs(projectSettings()),
    annotated(projectSettings()),
    probing(projectSettings()),
    thanosJobs(projectSettings()),
  ].find((one) => off.every((job) => one.jobs.some(({ config }) => config.job_name === job)));
  return brought === undefined ? `no: job ${off.join(", ")} is off` : `with the Component \`${brought.component}\``;
}
