import type { JobCatalogue, Metric } from "./catalogue/types.js";
import { unquoted } from "./promql/parse.js";
import { type Matcher, nameLabel, type Selector, selectors } from "./promql/selectors.js";
import { alternatives, matches } from "./promql/values.js";
import { hasVariable } from "./promql/variables.js";
import type { AlertingRule, RecordingRule } from "./rule-file.js";
import type { RelabelConfig } from "./scrape-job.js";

/** An expression that somebody asks, and who does, such as `alert NodeDown`. */
export interface Read {
  /** PromQL; Grafana's variables may stand in its strings. */
  readonly expr: string;
  readonly reader: string;
}

/** The expression of a rule, and those that the templates of its labels and annotations query, read by the rule. */
export function ruleReads(rule: Rule): readonly Read[] {
  const reader = "alert" in rule ? `alert ${rule.alert}` : `record ${rule.record}`;
  const texts = [rule.labels, "alert" in rule ? rule.annotations : undefined].flatMap((all) =>
    Object.values(all ?? {}),
  );
  return [rule.expr, ...texts.flatMap(templateQueries)].map((expr) => ({ expr, reader }));
}

/** Rules as anybody may write them. */
type Rule =
  | Pick<RecordingRule, "record" | "expr" | "labels">
  | (Pick<AlertingRule, "alert" | "expr"> & { readonly labels?: object; readonly annotations?: object });

/**
 * What a template asks Prometheus for while an alert is written, where it is there word for word: `{{ query "up" }}`.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/template_reference/
 */
export function templateQueries(text: unknown): string[] {
  const actions = [...String(text).matchAll(/\{\{(.*?)\}\}/gs)].map(([, action = ""]) => action);
  return actions
    .flatMap((action) => [...action.matchAll(/\bquery\s+("(?:[^"\\]|\\.)*"|`[^`]*`)/g)])
    .map(([, quoted = ""]) => unquoted(quoted));
}

/** What a label's value must be: one of several, or what a regular expression matches that Prometheus anchors. */
export type Condition = readonly string[] | string;

/** Series that somebody reads of one name: those whose labels meet every condition. */
export interface Part {
  readonly conditions: Readonly<Record<string, Condition>>;
  /** Sorted. */
  readonly readers: readonly string[];
}

/**
 * What of a job is read, by the names of its series: each series that belongs to one of the parts. A part without
 * conditions is all of that name, and then the only one. Sorted by name.
 */
export type KeepList = ReadonlyMap<string, readonly Part[]>;

/** A job, and what its targets expose. */
interface Exposing {
  readonly job: string;
  readonly metrics: JobCatalogue;
}

/**
 * What somebody reads of each job. A histogram that is read by its parts is also kept under its own name, which is all that
 * is there where Prometheus converts it before it relabels (`convert_classic_histograms_to_nhcb`).
 *
 * A selector that leaves the name open (`{job="a"}`) asks for whatever is there, and keeps nothing.
 *
 * @param jobs - all that there are. A name that none is known to have is kept of each that a selector may mean, where
 *   something else of that job is read.
 */
export function keepLists(jobs: readonly Exposing[], reads: readonly Read[]): ReadonlyMap<string, KeepList> {
  const selected = reads.flatMap(({ expr, reader }) => selectors(expr).map((selector) => ({ selector, reader })));
  const all = new Set(jobs.flatMap(({ metrics }) => Object.keys(metrics).flatMap((name) => namesOf(name, metrics))));
  return new Map(jobs.map((job) => [job.job, keepList(job, selected, all)]));
}

function keepList(
  { job, metrics }: Exposing,
  selected: readonly { readonly selector: Selector; readonly reader: string }[],
  known: ReadonlySet<string>,
): KeepList {
  const parts = new Map<string, Part[]>();
  const keep = (name: string, conditions: Part["conditions"], reader: string) =>
    parts.set(name, [...(parts.get(name) ?? []), { conditions, readers: [reader] }]);
  const unknown: (() => void)[] = [];
  for (const { selector, reader } of selected) {
    if (!selector.matchers.every((matcher) => matcher.label !== "job" || passes(matcher, job))) continue;
    for (const name of namesRead(selector, metrics)) {
      const exposed = exposedBy(name, metrics);
      if (exposed === undefined) {
        if (!known.has(name) && !isMade(name)) unknown.push(() => keep(name, {}, reader));
        continue;
      }
      const { le, ...conditions } = conditionsOf(selector, exposed.metric);
      keep(name, le === undefined ? conditions : { ...conditions, le }, reader);
      if (exposed.histogram !== undefined) keep(exposed.histogram, conditions, reader);
    }
  }
  // A name that no job is known to have may be of any. It is kept only where something else of the job is read.
  if (parts.size > 0) for (const keepUnknown of unknown) keepUnknown();
  return new Map([...parts].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, all]) => [name, joined(all)]));
}

/** Names of the series that a metric stands for. */
export function namesOf(name: string, metrics: JobCatalogue): string[] {
  const type = metrics[name]?.type;
  const counts = [`${name}_sum`, `${name}_count`];
  return [name, ...(type === "histogram" ? [`${name}_bucket`, ...counts] : type === "summary" ? counts : [])];
}

/** The names that a selector reads of a job; none where it takes whatever is there. */
export function namesRead({ metric, matchers }: Selector, metrics: JobCatalogue): readonly string[] {
  if (metric !== undefined) return hasVariable(metric) ? [] : [metric];
  const naming = matchers.filter(({ label }) => label === nameLabel);
  if (naming.every((matcher) => passes(matcher, "any_name"))) return [];
  const names = Object.keys(metrics).flatMap((name) => namesOf(name, metrics));
  return names.filter((name) => naming.every((matcher) => passes(matcher, name)));
}

/** The metric that a series is of, and the histogram that it is a part of. */
export function exposedBy(
  name: string,
  metrics: JobCatalogue,
): { readonly metric: Metric; readonly histogram?: string } | undefined {
  const own = metrics[name];
  if (own !== undefined) return { metric: own };
  const [, base = "", part] = /^(.+)_(bucket|sum|count)$/.exec(name) ?? [];
  const metric = metrics[base];
  if (metric?.type === "histogram") return { metric, histogram: base };
  return metric?.type === "summary" && part !== "bucket" ? { metric } : undefined;
}

/** Whether Prometheus makes the series, of a rule, an alert or a target: no exposition has it. */
function isMade(name: string): boolean {
  return name.includes(":") || /^(ALERTS(_FOR_STATE)?|up|scrape_\w+)$/.test(name);
}

/** Whether a matcher may let a value through, whatever is chosen for its variables. */
export function passes(matcher: Matcher, value: string): boolean {
  return hasVariable(matcher.value) || matches(matcher, value);
}

/** What a selector demands of labels that the metric itself has. What relabelling cannot ask for keeps what it would take. */
function conditionsOf({ matchers }: Selector, { labels }: Metric): Part["conditions"] {
  const conditions: Record<string, Condition> = {};
  for (const matcher of matchers) {
    const { label, operator, value } = matcher;
    const condition = label in labels && !hasVariable(value) ? conditionOf(operator, value) : undefined;
    if (condition === undefined) continue;
    const before = conditions[label];
    // Of two on one label, a list says more than a pattern.
    conditions[label] = before === undefined || Array.isArray(condition) ? condition : before;
  }
  return conditions;
}

function conditionOf(operator: Matcher["operator"], value: string): Condition | undefined {
  if (operator === "=") return [value];
  if (operator === "!=") return value === "" ? ".+" : undefined;
  return operator === "=~" && !matches({ operator, value }, "")
    ? (alternatives(value)?.toSorted() ?? value)
    : undefined;
}

/** The same series in as few parts as there may be. */
function joined(parts: readonly Part[]): readonly Part[] {
  const left: Part[] = [];
  for (const part of parts) {
    const other = left.findIndex((one) => union(one, part) !== undefined);
    const both = left[other] && union(left[other], part);
    if (both === undefined) left.push(part);
    else left.splice(other, 1, both);
  }
  return left.length === parts.length ? left : joined(left);
}

/** Two parts as one; undefined where that would take in more than the two. */
function union(one: Part, other: Part): Part | undefined {
  const readers = [...new Set([...one.readers, ...other.readers])].sort();
  if (isWithin(one, other)) return { ...other, readers };
  if (isWithin(other, one)) return { ...one, readers };
  const labels = Object.keys(one.conditions);
  if (labels.length !== Object.keys(other.conditions).length) return undefined;
  const [apart = "", ...more] = labels.filter((label) => !isEqual(one.conditions[label], other.conditions[label]));
  const [first, second] = [one.conditions[apart], other.conditions[apart]];
  if (more.length > 0 || !isList(first) || !isList(second)) return undefined;
  return { conditions: { ...one.conditions, [apart]: [...new Set([...first, ...second])].sort() }, readers };
}

/** Whether every series of a part is also in another one. */
function isWithin(part: Part, { conditions }: Part): boolean {
  return Object.entries(conditions).every(([label, wide]) => {
    const narrow = part.conditions[label];
    if (narrow === undefined) return false;
    if (!isList(narrow)) return narrow === wide || (wide === ".+" && !matches({ operator: "=~", value: narrow }, ""));
    return narrow.every((value) =>
      isList(wide) ? wide.includes(value) : matches({ operator: "=~", value: wide }, value),
    );
  });
}

function isList(condition: Condition | undefined): condition is readonly string[] {
  return Array.isArray(condition);
}

function isEqual(one: Condition | undefined, other: Condition | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The label by which a series is known to be read while it is relabelled; no series has it afterwards. */
export const mark = "__tmp_read";

/**
 * Steps of relabelling that keep what is read and drop the rest: what is read whole and in part is marked, then the mark
 * decides. Where nothing is read in part, names alone decide.
 */
export function keeping(list: KeepList): readonly RelabelConfig[] {
  const entries = [...list].map(([name, parts]) => ({ name, parts: [...parts].map(({ conditions }) => conditions) }));
  const isWhole = ({ parts }: (typeof entries)[number]) =>
    parts.some((conditions) => Object.keys(conditions).length === 0);
  const whole = entries.filter(isWhole).map(({ name }) => name);
  const partial = entries.filter((entry) => !isWhole(entry));
  if (partial.length === 0) return [{ action: "keep", source_labels: [nameLabel], regex: whole.join("|") }];
  const lines = new Map<string, string[]>();
  for (const { name, parts } of partial) {
    for (const conditions of parts) {
      const labels = Object.keys(conditions).sort();
      const line = [name, ...labels.map((label) => pattern(label, conditions[label] ?? ".*"))].join(";");
      lines.set(labels.join(), [...(lines.get(labels.join()) ?? []), line]);
    }
  }
  const marking = (labels: readonly string[], regexes: readonly string[]): RelabelConfig => ({
    source_labels: [nameLabel, ...labels],
    regex: regexes.join("|"),
    target_label: mark,
    replacement: "1",
  });
  return [
    ...(whole.length > 0 ? [marking([], whole)] : []),
    ...[...lines].sort().map(([labels, regexes]) => marking(labels.split(","), regexes)),
    { action: "keep", source_labels: [mark], regex: "1" },
    { action: "labeldrop", regex: mark },
  ];
}

function pattern(label: string, condition: Condition): string {
  if (!isList(condition)) return condition === ".+" ? condition : `(${condition})`;
  const values = condition.map((value) => (label === "le" ? bound(value) : escaped(value)));
  return values.length === 1 ? values.join() : `(${values.join("|")})`;
}

/** A bound of a histogram as both forms that there are of a whole number: Prometheus 3 writes `1.0` where others write `1`. */
function bound(value: string): string {
  const [, whole] = /^(\d+)(\.0)?$/.exec(value) ?? [];
  return whole === undefined ? escaped(value) : `${whole}(\\.0)?`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
