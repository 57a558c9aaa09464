import type { SyntaxNode } from "@lezer/common";
import { durationText, rangeMilliseconds } from "./durations.js";
import {
  countingSamples,
  givingHistograms,
  ofCounters,
  ofGauges,
  ofHistograms,
  ofNativeHistograms,
  ofPresence,
  ofWindows,
  withoutLabels,
} from "./functions.js";
import { certainly, has, incompatible, keep, type Labels, none, plus, union, unknown, without } from "./labels.js";
import { didYouMean } from "./nearest.js";
import { children, type Problem, parse, unquoted } from "./parse.js";
import { labelText, type Matcher, nameLabel, type Selector, selectorOf } from "./selectors.js";
import type { Series, View } from "./series.js";
import { matches, missingValue } from "./values.js";
import { hasVariable } from "./variables.js";

/** What an expression gives: the labels of its series, and what became of the series that it reads. */
interface Result {
  /** Undefined for a number or a string, which have none. */
  readonly labels: Labels | undefined;
  /** Selectors whose value, a counter's, is still as it was read. */
  readonly raw: readonly Selector[];
  /** What a selector reads, as long as nothing changed its values. */
  readonly series: readonly Series[];
  /** What kube-state-metrics tells of objects, as long as each is there once for each of its instances. */
  readonly copies: readonly Selector[];
  readonly values: Values;
  /** The window in milliseconds, where this is a range. */
  readonly window?: number;
}

/** What values may be. Both are absent where that is not known. */
interface Values {
  readonly numbers: boolean;
  /** Bounds of the native histograms, of each origin. */
  readonly histograms: readonly (readonly number[] | null)[];
}

interface Context {
  readonly text: string;
  readonly view: View;
  report(node: { readonly from: number; readonly to: number }, message: string, notice?: true): void;
}

const numbers: Values = { numbers: true, histograms: [] };
const unclear: Values = { numbers: false, histograms: [] };
const scalar: Result = { labels: undefined, raw: [], series: [], copies: [], values: numbers };

/** Everything that is wrong with an expression, and what to know of it, in the order in which it stands there. */
export function problemsOf(text: string, view: View): readonly Problem[] {
  const { root, problems } = parse(text);
  if (problems.length > 0) return problems;
  const found: Problem[] = [];
  const report: Context["report"] = ({ from, to }, message, notice) =>
    found.push({ from, to, message, ...(notice && { notice }) });
  const context = { text, view, report };
  reportRaw(resultOf(root, context), context);
  return found.sort((one, other) => one.from - other.from);
}

/** The labels that the result of an expression can have; unknown where it is not PromQL. */
export function resultLabels(text: string, view: View): Labels {
  return resultSeries(text, view).labels;
}

/** The labels that the result of an expression can have, and what its values are. */
export function resultSeries(text: string, view: View): Pick<Series, "labels" | "bounds"> {
  const { root, problems } = parse(text);
  if (problems.length > 0) return { labels: unknown };
  const { labels = none, values } = resultOf(root, { text, view, report: () => {} });
  return {
    labels: without(labels, [nameLabel]),
    ...(values.histograms.length > 0 && { bounds: commonBounds(values) }),
  };
}

function resultOf(node: SyntaxNode, context: Context): Result {
  switch (node.name) {
    case "VectorSelector":
      return selected(node, context);
    case "MatrixSelector":
    case "SubqueryExpr":
      return range(node, context);
    case "FunctionCall":
      return called(node, context);
    case "AggregateExpr":
      return aggregated(node, context);
    case "BinaryExpr":
      return combined(node, context);
    case "UnaryExpr":
      return negated(resultOf(operand(node), context));
    case "NumberDurationLiteral":
    case "StringLiteral":
      return scalar;
    default:
      // Parentheses, offsets and @ change neither labels nor what the values mean.
      return resultOf(operand(node), context);
  }
}

function negated({ labels, raw, copies, values }: Result): Result {
  return { labels: labels && without(labels, [nameLabel]), raw, series: [], copies, values };
}

function operand(node: SyntaxNode): SyntaxNode {
  const found = children(node).find(({ name }) => isExpression(name));
  if (found === undefined) throw new Error(`${node.name} holds no expression`);
  return found;
}

const expressions = new Set([
  ...["AggregateExpr", "AnchoredExpr", "BinaryExpr", "FunctionCall", "MatrixSelector", "NumberDurationLiteral"],
  ...["OffsetExpr", "ParenExpr", "SmoothedExpr", "StepInvariantExpr", "StringLiteral", "SubqueryExpr", "UnaryExpr"],
  "VectorSelector",
]);

function isExpression(name: string): boolean {
  return expressions.has(name);
}

function selected(node: SyntaxNode, context: Context): Result {
  const { view, report } = context;
  const selector = selectorOf(node, context.text);
  const { metric, matchers } = selector;
  const named =
    metric === undefined
      ? view.names.filter((name) => matchers.every((matcher) => matcher.label !== nameLabel || matches(matcher, name)))
      : [metric];
  const all = named.flatMap((name) => view.named(name));
  if (all.length === 0) {
    report(selector, metric === undefined ? "no metric has such a name" : unknownMetric(metric, view));
    return { ...scalar, labels: unknown, values: unclear };
  }
  const ofJob = matchers.filter(({ label }) => label === "job");
  const series = all.filter(({ labels }) =>
    ofJob.every((matcher) => {
      const values = labels.known.get("job")?.values ?? null;
      return values === null || hasVariable(matcher.value) || values.some((value) => matches(matcher, value));
    }),
  );
  if (series.length === 0) {
    const jobs = [...new Set(all.flatMap(({ labels }) => labels.known.get("job")?.values ?? []))].sort();
    for (const matcher of ofJob) report(matcher, wrongJob(selector, matcher, jobs, view));
    return { ...scalar, labels: unknown, values: unclear };
  }
  const labels = union(series.map((one) => plus(one.labels, certainly({ [nameLabel]: [one.name] }))));
  for (const matcher of matchers) checkMatcher(matcher, labels, metric, context);
  return {
    labels: matchers.reduce(narrowed, labels),
    raw: series.every(({ type }) => type === "counter") ? [selector] : [],
    series,
    // It may be there twice for a while; what else has its job is about itself.
    copies: series.every(({ job, name }) => job === "kube-state-metrics" && name.startsWith("kube_")) ? [selector] : [],
    values: {
      numbers: series.some(({ type, bounds }) => type !== "unknown" && bounds === undefined),
      histograms: series.flatMap(({ bounds }) => (bounds === undefined ? [] : [bounds])),
    },
  };
}

function unknownMetric(metric: string, view: View): string {
  const known = view.explain(metric);
  return known === undefined
    ? `unknown metric ${metric}${didYouMean(metric, view.names)}`
    : `unknown metric ${metric}: ${known}`;
}

function wrongJob({ metric }: Selector, { value }: Matcher, jobs: readonly string[], view: View): string {
  if (!view.jobs.some((job) => matches({ operator: "=~", value }, job))) {
    return `there is no job ${value}, or it is off${didYouMean(value, view.jobs)}`;
  }
  return `job ${value} does not expose ${metric ?? "such a metric"}: ${jobs.join(", ")} does`;
}

function checkMatcher(matcher: Matcher, labels: Labels, metric: string | undefined, { report }: Context): void {
  const { label } = matcher;
  if (label === nameLabel) return;
  const whose = metric ?? "what is selected";
  if (!has(labels, label)) {
    report(matcher, `${whose} has no label ${label}${didYouMean(label, labels.known.keys())}${listed(labels)}`);
    return;
  }
  const values = labels.known.get(label)?.values ?? null;
  const missing = values === null || hasVariable(matcher.value) ? undefined : missingValue(matcher, values);
  if (missing !== undefined) report(matcher, `label ${label} of ${whose} is never ${missing}`);
}

/** Labels after a matcher: `a="b"` leaves one value, `a=""` none. */
function narrowed(labels: Labels, { label, operator, value }: Matcher): Labels {
  if (operator === "=" && value === "") return without(labels, [label]);
  if (operator === "=" && !hasVariable(value) && has(labels, label))
    return plus(labels, certainly({ [label]: [value] }));
  const known = labels.known.get(label);
  const demanded = operator === "=~" ? !matches({ operator, value }, "") : operator === "!=" && value === "";
  if (known === undefined || !demanded) return labels;
  return plus(labels, { open: false, known: new Map([[label, { ...known, certain: true }]]) });
}

function range(node: SyntaxNode, context: Context): Result {
  const inner = operand(node);
  const result = resultOf(inner, context);
  const [length] = node.getChildren("DurationExpr");
  const window = length === undefined ? undefined : rangeMilliseconds(context.text.slice(length.from, length.to));
  const subquery = node.name === "SubqueryExpr";
  return {
    ...result,
    // The values in a subquery are those of its own steps, whatever it reads.
    ...(subquery && { series: [] }),
    ...(window !== undefined && !subquery && { window }),
  };
}

function called(node: SyntaxNode, context: Context): Result {
  const name = context.text.slice(node.from, node.getChild("FunctionIdentifier")?.to).trim();
  const argumentNodes = children(node.getChild("FunctionCallBody") ?? node).filter((child) => isExpression(child.name));
  const results = argumentNodes.map((argument) => resultOf(argument, context));
  const vector = results.find(({ labels }) => labels !== undefined);
  const strings = argumentNodes.flatMap((argument) =>
    argument.name === "StringLiteral" ? [{ node: argument, value: unquoted(textOf(argument, context)) }] : [],
  );
  if (vector === undefined) return withoutLabels.has(name) ? { ...scalar, labels: labelsOfNumber(name) } : scalar;
  checkCounters(name, node, vector, context);
  checkValues(name, node, vector, context);
  checkWindow(name, node, vector, context);
  const labels = vector.labels ?? none;
  const raw = ofCounters.has(name) || ofGauges.has(name) || ofPresence.has(name) ? [] : vector.raw;
  const values = givingHistograms.has(name) ? vector.values : numbers;
  const rest = { raw, series: [], copies: vector.copies, values };
  switch (name) {
    case "absent":
    case "absent_over_time":
      return { ...rest, copies: [], labels: matchedLabels(argumentNodes[0], context) };
    case "scalar":
      return { ...rest, copies: [], labels: undefined };
    case "label_replace": {
      const [target, , source] = strings;
      if (source !== undefined) checkLabels([source], labels, "what label_replace reads", context);
      return { ...rest, labels: withReplaced(labels, target?.value) };
    }
    case "label_join": {
      const [target, , ...sources] = strings;
      checkLabels(sources, labels, "what label_join reads", context);
      return { ...rest, labels: withReplaced(labels, target?.value) };
    }
    case "sort_by_label":
    case "sort_by_label_desc":
      checkLabels(strings, labels, "what is sorted", context);
      return { ...rest, labels };
    case "histogram_quantile":
    case "histogram_fraction":
      if (vector.values.histograms.length === 0 && !has(labels, "le")) {
        const message = `${name} reads the label le, which is not there any more: keep it, as in sum by (le, ...)`;
        context.report(node, message);
      }
      if (name === "histogram_fraction") checkBounds(argumentNodes.slice(0, 2), vector, context);
      return { ...rest, labels: without(labels, ["le", nameLabel]) };
    case "info":
      return { ...rest, labels: unknown };
    case "last_over_time":
    case "first_over_time":
      return { ...rest, labels };
    default:
      return { ...rest, labels: without(labels, [nameLabel]) };
  }
}

function labelsOfNumber(name: string): Labels | undefined {
  return name === "vector" ? none : undefined;
}

function withReplaced(labels: Labels, target: string | undefined): Labels {
  if (target === undefined) return labels;
  return plus(labels, { open: false, known: new Map([[target, { values: null, certain: false }]]) });
}

/** Labels of what `absent` gives: those that its selector matches with `=`. */
function matchedLabels(node: SyntaxNode | undefined, { text }: Context): Labels {
  let inner = node;
  while (inner !== undefined && inner.name !== "VectorSelector") {
    inner = children(inner).find(({ name }) => isExpression(name));
  }
  if (inner === undefined) return none;
  const equal = selectorOf(inner, text).matchers.filter(({ operator, value }) => operator === "=" && value !== "");
  return certainly(Object.fromEntries(equal.map(({ label, value }) => [label, hasVariable(value) ? null : [value]])));
}

function checkCounters(name: string, node: SyntaxNode, { raw, series }: Result, { report }: Context): void {
  const gauges = series.filter(({ type }) => type === "gauge").map((one) => one.name);
  if (ofCounters.has(name) && gauges.length > 0 && gauges.length === series.length) {
    const cure = name === "resets" ? "changes" : "delta or deriv";
    report(node, `${name} is for counters, and ${[...new Set(gauges)].join(", ")} is a gauge: use ${cure}`);
  }
  if (ofGauges.has(name)) {
    for (const selector of raw)
      report(selector, `${name} of ${counterName(selector)} counts restarts in: use rate or increase`);
  }
}

const instead = "ask histogram_quantile, histogram_count or histogram_sum of it first";

function checkValues(name: string, node: SyntaxNode, { values }: Result, { report }: Context): void {
  if (ofNativeHistograms.has(name) && values.numbers && values.histograms.length === 0)
    report(node, `${name} is for native histograms, and gives nothing of numbers`);
  const takes = [ofHistograms, givingHistograms, ofPresence, countingSamples].some((names) => names.has(name));
  if (!takes && isHistogram(values)) report(node, `${name} gives nothing of a native histogram: ${instead}`);
}

function isHistogram(values: Values): boolean {
  return !values.numbers && values.histograms.length > 0;
}

/** The bounds that all histograms have; null where they differ or are not known. */
function commonBounds({ histograms }: Values): readonly number[] | null {
  const [first = null, ...others] = histograms;
  return others.every((other) => String(other) === String(first)) ? first : null;
}

/** Tells of each limit of a share that is no bucket's bound. */
function checkBounds(limits: readonly SyntaxNode[], { labels = none, values }: Result, context: Context): void {
  const classic = labels.known.get("le")?.values?.map((value) => Number(value.replace("Inf", "Infinity"))) ?? null;
  const bounds = values.histograms.length > 0 ? commonBounds(values) : classic;
  if (bounds === null) return;
  for (const limit of limits) {
    const value = Number(textOf(limit, context).replace("Inf", "Infinity"));
    // Below the first bound, observations count from zero on.
    if (!Number.isFinite(value) || value === 0 || bounds.includes(value)) continue;
    const finite = bounds.filter(Number.isFinite).join(", ");
    context.report(
      limit,
      `${value} is the bound of no bucket, so that the share is interpolated (bounds: ${finite})`,
      true,
    );
  }
}

function checkWindow(name: string, node: SyntaxNode, { series, window }: Result, { report }: Context): void {
  if (!ofWindows.has(name) || window === undefined) return;
  const interval = Math.max(0, ...series.map(({ intervalMs }) => intervalMs));
  if (window >= 4 * interval) return;
  const least = durationText(4 * interval);
  report(node, `a window of ${durationText(window)} is under four scrape intervals: make it ${least} at least`);
}

function aggregated(node: SyntaxNode, context: Context): Result {
  const operator = context.text.slice(node.from, node.getChild("AggregateOp")?.to).trim().toLowerCase();
  const argumentNodes = children(node.getChild("FunctionCallBody") ?? node).filter(({ name }) => isExpression(name));
  const results = argumentNodes.map((argument) => resultOf(argument, context));
  const aggregate = results.at(-1) ?? scalar;
  const { labels = none, raw, copies } = aggregate;
  checkValues(operator, node, aggregate, context);
  const modifier = node.getChild("AggregateModifier");
  const grouping = groupingOf(modifier?.getChild("GroupingLabels"), context);
  const by = modifier?.getChild("By") !== null;
  if (modifier !== null) checkLabels(grouping, labels, "what is aggregated", context);
  const names = grouping.map(({ value }) => value);
  const counting = operator === "count" || operator === "group" || operator === "count_values";
  // Who groups by instance has thought of it.
  const apart = by && names.includes("instance");
  const merged = !apart && !choosing.has(operator) && (by || names.includes("instance"));
  if (merged && addingUp.has(operator)) reportCopies(node, operator, copies, context);
  return {
    labels: labelsAfter(operator, labels, modifier === null ? undefined : { by, names }, argumentNodes[0], context),
    raw: counting ? [] : raw,
    series: [],
    copies: merged || apart ? [] : copies,
    values: givingHistograms.has(operator) ? aggregate.values : numbers,
  };
}

const addingUp = new Set(["sum", "count", "count_values"]);
const choosing = new Set(["topk", "bottomk", "limitk", "limit_ratio"]);

function labelsAfter(
  operator: string,
  labels: Labels,
  grouping: { readonly by: boolean; readonly names: readonly string[] } | undefined,
  first: SyntaxNode | undefined,
  context: Context,
): Labels {
  if (choosing.has(operator)) return labels;
  const left =
    grouping === undefined
      ? none
      : grouping.by
        ? keep(labels, grouping.names)
        : without(labels, [...grouping.names, nameLabel]);
  if (operator !== "count_values" || first?.name !== "StringLiteral") return left;
  return plus(left, certainly({ [unquoted(textOf(first, context))]: null }));
}

const ordering = new Set(["Gtr", "Gte", "Lss", "Lte"]);
const comparisons = new Set(["Eql", "Neq", "Gtr", "Gte", "Lss", "Lte"]);
const setOperators = new Set(["And", "Or", "Unless"]);

function combined(node: SyntaxNode, context: Context): Result {
  const parts = children(node);
  const [leftNode, operator] = parts;
  const rightNode = parts.at(-1);
  if (leftNode === undefined || operator === undefined || rightNode === undefined) return scalar;
  const left = resultOf(leftNode, context);
  const right = resultOf(rightNode, context);
  const setOperator = setOperators.has(operator.name);
  const comparing = comparisons.has(operator.name);
  if (!setOperator && !comparing) {
    reportRaw(left, context);
    reportRaw(right, context);
  }
  const raw = rawOf(operator.name, left.raw, right.raw, isEarlier(rightNode, node));
  const filtering = comparing && node.getChild("BoolModifier") === null;
  if (ordering.has(operator.name) && [left, right].some(({ values }) => isHistogram(values)))
    context.report(operator, `a native histogram is neither more nor less than anything: ${instead}`);
  const finish = (labels: Labels | undefined): Result => ({
    labels: labels === undefined || filtering || setOperator ? labels : without(labels, [nameLabel]),
    raw,
    series: [],
    copies: operator.name === "And" || operator.name === "Unless" ? left.copies : [...left.copies, ...right.copies],
    values: valuesOf(operator.name, left.values, right.values),
  });
  if (left.labels === undefined || right.labels === undefined) return finish(left.labels ?? right.labels);
  if (!setOperator) checkCopies(node, left, right, context);
  return finish(joined(node, operator, left.labels, right.labels, context));
}

/** What an operator's values may be: one with a histogram and a number gives a histogram, or nothing. */
function valuesOf(operator: string, left: Values, right: Values): Values {
  if (comparisons.has(operator) || operator === "And" || operator === "Unless") return left;
  const histograms = [...left.histograms, ...right.histograms];
  return { numbers: operator === "Or" ? left.numbers || right.numbers : left.numbers && right.numbers, histograms };
}

/** The counters that are still raw after an operator. Comparing one is a question that its value can answer. */
function rawOf(operator: string, left: Result["raw"], right: Result["raw"], earlier: boolean): Result["raw"] {
  switch (operator) {
    case "Or":
      return [...left, ...right];
    case "And":
      return left;
    case "Unless":
      // A counter that was not there a while ago has counted all that it says since then.
      return left.filter(({ metric }) => !(earlier && right.some((other) => other.metric === metric)));
    default:
      return [];
  }
}

/** Whether the right side of an operator looks back. The grammar hangs an offset at its end above the operator. */
function isEarlier(right: SyntaxNode, operation: SyntaxNode): boolean {
  return operation.parent?.name === "OffsetExpr" || contains(right, "OffsetExpr");
}

function contains(node: SyntaxNode, name: string): boolean {
  return node.name === name || children(node).some((child) => contains(child, name));
}

function joined(node: SyntaxNode, operator: SyntaxNode, left: Labels, right: Labels, context: Context): Labels {
  const clause = node.getChild("MatchingModifierClause");
  const on = clause !== null && clause.getChild("On") !== null;
  const manyLeft = clause !== null && clause.getChild("GroupLeft") !== null;
  const manyRight = clause !== null && clause.getChild("GroupRight") !== null;
  const [matchingNode, includedNode] = clause?.getChildren("GroupingLabels") ?? [];
  const matching = groupingOf(matchingNode, context);
  const included = groupingOf(includedNode, context);
  const names = matching.map(({ value }) => value);
  if (on) {
    checkLabels(matching, left, "the left side", context);
    checkLabels(matching, right, "the right side", context);
  } else {
    checkLabels(matching, union([left, right]), "neither side", context);
    if (operator.name !== "Or") checkMatching(operator, left, right, [...names, nameLabel], context);
  }
  checkLabels(included, manyLeft ? right : left, manyLeft ? "the right side" : "the left side", context);
  if (operator.name === "Or") return union([left, right]);
  if (setOperators.has(operator.name)) return left;
  const [many, one] = manyRight ? [right, left] : [left, right];
  if (manyLeft || manyRight)
    return plus(
      many,
      optionally(
        keep(
          one,
          included.map(({ value }) => value),
        ),
      ),
    );
  return on ? keep(left, names) : without(left, names);
}

/** Labels that group_left brings along are absent where the one side lacks them. */
function optionally({ open, known }: Labels): Labels {
  return { open, known: new Map([...known].map(([name, { values }]) => [name, { values, certain: false }])) };
}

function checkMatching(
  operator: SyntaxNode,
  left: Labels,
  right: Labels,
  ignored: readonly string[],
  context: Context,
): void {
  const [one, other] = [without(left, ignored), without(right, ignored)];
  const apart = incompatible(one, other);
  if (apart.length === 0) return;
  const names = apart.join(", ");
  context.report(
    operator,
    `no two series match here, because only one side has ${names}: say on (...) or ignoring (...)`,
  );
}

function reportCopies(node: SyntaxNode, what: string, copies: readonly Selector[], { report }: Context): void {
  for (const { metric = "objects" } of copies) {
    const twice = `${what} of ${metric} takes each object twice while there are two instances of kube-state-metrics`;
    report(node, `${twice}: take max by (...) of it first, by what tells one object from the next`);
  }
}

/** Two instances on a side where one series is to be found fail the whole query. */
function checkCopies(node: SyntaxNode, left: Result, right: Result, context: Context): void {
  const clause = node.getChild("MatchingModifierClause");
  if (clause === null) return;
  const [matching] = clause.getChildren("GroupingLabels");
  const named = groupingOf(matching, context).some(({ value }) => value === "instance");
  if (named === (clause.getChild("On") !== null)) return;
  if (clause.getChild("GroupLeft") === null) reportCopies(node, "the left side", left.copies, context);
  if (clause.getChild("GroupRight") === null) reportCopies(node, "the right side", right.copies, context);
}

interface NamedLabel {
  readonly node: SyntaxNode;
  readonly value: string;
}

function groupingOf(list: SyntaxNode | null | undefined, { text }: Context): readonly NamedLabel[] {
  return list ? children(list).map((label) => ({ node: label, value: labelText(label, text) })) : [];
}

function checkLabels(names: readonly NamedLabel[], labels: Labels, whose: string, { report }: Context): void {
  for (const { node, value } of names) {
    if (value === nameLabel || has(labels, value)) continue;
    const have = whose === "neither side" ? "has" : "has no";
    report(node, `${whose} ${have} label ${value}${didYouMean(value, labels.known.keys())}${listed(labels)}`);
  }
}

/** Reports each counter whose value is used as it was read. */
function reportRaw({ raw }: Result, { report }: Context): void {
  for (const selector of raw) {
    report(selector, `${counterName(selector)} only ever grows until it restarts: use rate or increase`);
  }
}

function counterName({ metric }: Selector): string {
  return metric === undefined ? "a counter" : `counter ${metric}`;
}

function textOf({ from, to }: SyntaxNode, { text }: Context): string {
  return text.slice(from, to);
}

/** What there is instead, as long as that is short enough to read. */
function listed({ known }: Labels): string {
  const names = [...known.keys()].filter((name) => name !== nameLabel).sort();
  return names.length === 0 || names.length > 15 ? "" : ` (it has ${names.join(", ")})`;
}
