import type { AlertingRule, RecordingRule, RuleFile } from "../rule-file.js";
import { resultLabels } from "./analyse.js";
import { at, check, type Finding } from "./check.js";
import { has } from "./labels.js";
import { didYouMean } from "./nearest.js";
import { type Selector, selectors } from "./selectors.js";
import type { View } from "./series.js";
import { matches } from "./values.js";
import { pitfallsOf } from "./worst-day.js";

/** One thing that is wrong with a rule. */
export interface RuleFinding {
  /** The generator of the rule, from the root of the project. */
  readonly file: string;
  /** `alert NodeDown` or `record node:cpu:rate5m`. */
  readonly rule: string;
  /** Undefined where it is not about the rule's expression. */
  readonly at: Finding | undefined;
  readonly message: string;
}

/** Checks the expression of every rule, and that what an alert says of itself reads only labels that it has. */
export function checkRules(
  ruleFiles: readonly Pick<RuleFile, "source" | "groups">[],
  view: View,
): readonly RuleFinding[] {
  return ruleFiles.flatMap(({ source, groups }) =>
    groups.flatMap(({ rules }) => rules.flatMap((rule) => checkRule(rule, source, view))),
  );
}

/** Checks that each alert is right on the worst day or excused, and that each excuse is needed. */
export function checkWorstDays(
  ruleFiles: readonly Pick<RuleFile, "source" | "groups">[],
  view: View,
): readonly RuleFinding[] {
  const records = new Map(
    ruleFiles.flatMap(({ groups }) =>
      groups.flatMap(({ rules }) => rules.flatMap((rule) => ("record" in rule ? [[rule.record, rule] as const] : []))),
    ),
  );
  return ruleFiles.flatMap(({ source, groups }) =>
    groups.flatMap(({ rules }) => rules.flatMap((rule) => checkWorstDay(rule, source, view, records))),
  );
}

function checkWorstDay(
  rule: RecordingRule | AlertingRule,
  file: string,
  view: View,
  records: ReadonlyMap<string, RecordingRule>,
): RuleFinding[] {
  if (!("alert" in rule)) return [];
  const found = pitfallsOf(rule, view, records);
  const { excuses = {} } = rule;
  return [
    ...found
      .filter(({ excuse }) => excuses[excuse] === undefined)
      .map(({ excuse, message, ...place }) => ({
        file,
        rule: nameOf(rule),
        at: { ...at(rule.expr, place), message },
        message: `${message}; or say in \`excuses\` of the rule, for "${excuse}", why not`,
      })),
    ...Object.keys(excuses)
      .filter((excuse) => !found.some((pitfall) => pitfall.excuse === excuse))
      .map((excuse) => ({ file, rule: nameOf(rule), at: undefined, message: `needs no excuse for "${excuse}"` })),
  ];
}

/** A finding in one line: file, rule, position, what is wrong. */
export function describe({ file, rule, at, message }: RuleFinding): string {
  const where = at === undefined ? "" : `, line ${at.line}, column ${at.column}`;
  return `${file}: ${rule}${where}: ${message}`;
}

function checkRule(rule: RecordingRule | AlertingRule, file: string, view: View): RuleFinding[] {
  const name = nameOf(rule);
  const inExpression = check(rule.expr, view).map((at) => ({ file, rule: name, at, message: at.message }));
  if (!("alert" in rule) || inExpression.length > 0) return inExpression;
  const labels = resultLabels(rule.expr, view);
  const names = [...labels.known.keys(), ...Object.keys(rule.labels), "alertname"];
  return Object.entries(rule.annotations).flatMap(([annotation, text]) =>
    labelsRead(text)
      .filter((label) => !has(labels, label) && !names.includes(label))
      .map((label) => ({
        file,
        rule: name,
        at: undefined,
        message: `its ${annotation} reads the label ${label}, which the alert does not have${didYouMean(label, names)} (it has ${names.sort().join(", ")})`,
      })),
  );
}

/** Labels that a template of an annotation reads: `{{ $labels.node }}`. */
function labelsRead(template: string): readonly string[] {
  return [...new Set([...template.matchAll(/\$labels\.(\w+)/g)].map(([, label = ""]) => label))];
}

/**
 * Whether each file of rules names the jobs whose series it reads. One that does not would stay where such a job is off,
 * and its alerts with it: silent, and looking healthy.
 */
export function checkJobs(
  ruleFiles: readonly Pick<RuleFile, "source" | "groups" | "jobs">[],
  view: View,
): readonly RuleFinding[] {
  const jobsOfRecords = new Map(
    ruleFiles.flatMap(({ groups, jobs }) =>
      groups.flatMap(({ rules }) => rules.flatMap((rule) => ("record" in rule ? [[rule.record, jobs] as const] : []))),
    ),
  );
  return ruleFiles.flatMap(({ source, groups, jobs }) =>
    groups.flatMap(({ rules }) =>
      rules.flatMap((rule) =>
        selectors(rule.expr).flatMap((selector): RuleFinding[] => {
          const needed = jobsOfRecords.get(selector.metric ?? "") ?? jobsRead(selector, view);
          const unnamed = needed.filter((job) => !jobs.includes(job));
          if (unnamed.length === 0 || (!jobsOfRecords.has(selector.metric ?? "") && unnamed.length < needed.length))
            return [];
          const message = `reads ${selector.metric} of job ${unnamed.join(", ")}, which the file does not name in its jobs`;
          return [{ file: source, rule: nameOf(rule), at: undefined, message }];
        }),
      ),
    ),
  );
}

/** The jobs of which a selector reads something; none where it reads of every job that is on. */
function jobsRead({ metric, matchers }: Selector, view: View): readonly string[] {
  if (metric === undefined) return [];
  const jobs = [...new Set(view.named(metric).flatMap(({ job }) => job ?? []))];
  const asked = matchers.filter(({ label }) => label === "job");
  const read = jobs.filter((job) => asked.every((matcher) => matches(matcher, job)));
  return read.length === view.jobs.length ? [] : read;
}

function nameOf(rule: RecordingRule | AlertingRule): string {
  return "alert" in rule ? `alert ${rule.alert}` : `record ${rule.record}`;
}
