import { withConditional } from "../../metrics/catalogue/conditional.js";
import { catalogues } from "../../metrics/catalogue/index.js";
import { namesOf, passes } from "../../metrics/keep-list.js";
import { isGone } from "../../metrics/promql/gone.js";
import type { Selector } from "../../metrics/promql/selectors.js";
import type { AlertingRule, RecordingRule, RuleFile } from "../../metrics/rule-file.js";
import { jobNames } from "../settings/job-names.js";

type Rule = RecordingRule | AlertingRule;

/** Rules without those that have nothing to say while some jobs are off. */
export interface Remaining {
  readonly files: readonly RuleFile[];
  /** Rules that are gone, by the subject of their file. */
  readonly gone: readonly { readonly subject: string; readonly rule: Rule }[];
  /** Whether a selector reads nothing: series of a job that is off, or what a rule recorded that is gone. */
  readonly readsNothing: (selector: Selector) => boolean;
}

/**
 * Takes away the rules that read jobs which are off, and those that read what these recorded. A rule that only leaves something
 * out by such a job stays, and leaves out less.
 *
 * @param reasons why jobs are off, by their names
 */
export function withoutJobs(files: readonly RuleFile[], reasons: ReadonlyMap<string, string>): Remaining {
  if (reasons.size === 0) return { files, gone: [], readsNothing: () => false };
  const off = [...reasons.keys()];
  const records = new Set<string>();
  const readsNothing = (selector: Selector) => records.has(selector.metric ?? "") || readsOnly(selector, off);
  const isRuleGone = (rule: Rule) => isGone(rule.expr, readsNothing);
  // A rule may read what a later one records.
  for (let before = -1; before < records.size; ) {
    before = records.size;
    for (const rule of files.flatMap(rulesOf)) if ("record" in rule && isRuleGone(rule)) records.add(rule.record);
  }
  const gone = files.flatMap((file) =>
    rulesOf(file)
      .filter(isRuleGone)
      .map((rule) => ({ subject: file.subject, rule })),
  );
  const left = files.map((file) => ({
    ...file,
    ...aboutLess(file, off),
    jobs: file.jobs.filter((job) => !off.includes(job)),
    groups: file.groups
      .map((group) => ({ ...group, rules: group.rules.filter((rule) => !isRuleGone(rule)) }))
      .filter(({ rules }) => rules.length > 0),
  }));
  return { files: left.filter(({ groups }) => groups.length > 0), gone, readsNothing };
}

/** A file says what it lacks. */
function aboutLess({ about, jobs }: RuleFile, off: readonly string[]): Partial<RuleFile> {
  const lacking = jobs.filter((job) => off.includes(job));
  return lacking.length === 0
    ? {}
    : { about: `${about} Without what stands on ${lacking.join(", ")}: off by the setting jobs.` };
}

function rulesOf({ groups }: RuleFile): readonly Rule[] {
  return groups.flatMap(({ rules }) => rules);
}

/** Whether everything that a selector may read is of these jobs. */
function readsOnly(selector: Selector, off: readonly string[]): boolean {
  const pool = selector.matchers.find(({ label, operator }) => label === "scrape_job" && operator === "=");
  if (pool !== undefined && off.includes(pool.value)) return true;
  const jobs = jobsOf(selector);
  return jobs.length > 0 && jobs.every((job) => off.includes(job));
}

/** Jobs that a selector may read; empty where that is not known. */
function jobsOf({ metric, matchers }: Selector): readonly string[] {
  const asked = matchers.filter(({ label }) => label === "job");
  const exposing = (metric !== undefined && exposers().get(metric)) || [];
  const among = exposing.length > 0 ? exposing : asked.length > 0 ? jobNames : [];
  return among.filter((job) => asked.every((matcher) => passes(matcher, job)));
}

let known: Map<string, string[]> | undefined;

/** Jobs by the names of the series that they expose. */
function exposers(): ReadonlyMap<string, readonly string[]> {
  if (known !== undefined) return known;
  known = new Map();
  for (const job of jobNames) {
    const metrics = withConditional(job, catalogues.get(job) ?? {});
    for (const name of Object.keys(metrics).flatMap((name) => namesOf(name, metrics)))
      known.set(name, [...(known.get(name) ?? []), job]);
  }
  return known;
}
