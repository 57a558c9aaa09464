import type { SyntaxNode } from "@lezer/common";
import { milliseconds } from "../duration.js";
import type { AlertingRule, Excuse, RecordingRule } from "../rule-file.js";
import { children, parse } from "./parse.js";
import { selectorOf } from "./selectors.js";
import type { View } from "./series.js";

/** A way in which an alert is wrong on the worst day, though its expression means what it says. */
interface Pitfall {
  readonly excuse: Excuse;
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

/** From here on an alert waits so long that some scrape may fail meanwhile. */
const longMilliseconds = milliseconds("5m");

/** Series that Prometheus writes itself: they are there also when a scrape fails. */
const alwaysThere = /^(up|scrape_.+|ALERTS|ALERTS_FOR_STATE)$/;

/**
 * What no test at wide steps sees of an alert:
 *
 * - It waits for minutes on a gauge as it was last scraped. One failed scrape is a gap, and the waiting begins anew.
 * - It takes a share of the targets of a job that are pods of many owners: one owner's pods are too few to show.
 * - It compares `increase` with a number of events. A window holds less than its length, so that the result is more than what
 *   was counted.
 * - It divides by a gauge that may be reported as zero, where something is switched off or not known.
 *
 * @param records - every recording rule, by its name
 */
export function pitfallsOf(
  rule: AlertingRule,
  view: View,
  records: ReadonlyMap<string, RecordingRule>,
): readonly Pitfall[] {
  const { root, problems } = parse(rule.expr);
  if (problems.length > 0) return [];
  const waits = milliseconds(rule.for ?? "0s") >= longMilliseconds;
  const context = { text: rule.expr, view, records };
  return [
    ...(waits && !carriesItself(rule) ? gaps(root, context) : []),
    ...shares(root, context),
    ...counts(root, context),
    ...zeros(root, context),
  ];
}

interface Context {
  readonly text: string;
  readonly view: View;
  readonly records: ReadonlyMap<string, RecordingRule>;
}

/** An alert that reads itself stays what it was over a gap. */
function carriesItself({ alert, expr }: AlertingRule): boolean {
  return expr.includes(`ALERTS{alertname="${alert}"`);
}

/** Gauges as they were last scraped, without which there is no alert. */
function gaps(node: SyntaxNode, context: Context): readonly Pitfall[] {
  const { text, view, records } = context;
  if (node.name === "MatrixSelector" || node.name === "SubqueryExpr") return [];
  if (node.name === "FunctionCall" && functionOf(node, text) === "absent") return [];
  if (node.name === "VectorSelector") {
    const { metric, from, to } = selectorOf(node, text);
    if (metric === undefined || alwaysThere.test(metric) || !isGap(metric, view, records)) return [];
    const message = `${metric} is gone whenever a scrape fails, and \`for\` begins anew: look at minutes of it, as in last_over_time(${metric}[5m])`;
    return [{ excuse: "missed scrape", from, to, message }];
  }
  return operands(node).flatMap((child) => gaps(child, context));
}

/** What is scraped, or recorded from what is scraped as it is. */
function isGap(metric: string, view: View, records: Context["records"]): boolean {
  const record = records.get(metric);
  if (record === undefined) return view.named(metric).some(({ type }) => type !== "counter");
  return gaps(parse(record.expr).root, { text: record.expr, view, records }).length > 0;
}

/** Aggregations of `up` that put the targets of several namespaces together. */
function shares(node: SyntaxNode, context: Context): readonly Pitfall[] {
  const { text, view } = context;
  const inner = operands(node).flatMap((child) => shares(child, context));
  const operator = node.getChild("AggregateOp");
  if (node.name !== "AggregateExpr" || operator === null) return inner;
  if (!/^(avg|sum|count)$/.test(text.slice(operator.from, operator.to))) return inner;
  const modifier = node.getChild("AggregateModifier");
  const grouping = modifier?.getChild("GroupingLabels");
  const named = grouping ? children(grouping).map(({ from, to }) => text.slice(from, to)) : [];
  if (modifier?.getChild("By") ? named.includes("namespace") : modifier !== null && !named.includes("namespace"))
    return inner;
  const mixed = targetsIn(node, context).some(({ metric, jobs }) =>
    view
      .named(metric)
      .some(
        ({ job, labels }) =>
          (jobs === undefined || jobs === job) && labels.known.has("namespace") && labels.known.has("pod"),
      ),
  );
  if (!mixed) return inner;
  const message =
    "this is a share of the targets of many owners, in which those of one hardly show: keep the label namespace";
  return [...inner, { excuse: "share", from: node.from, to: node.to, message }];
}

/** Selectors of `up` below a node, each with the one job that it names. */
function targetsIn(node: SyntaxNode, context: Context): readonly { readonly metric: string; readonly jobs?: string }[] {
  if (node.name !== "VectorSelector") return children(node).flatMap((child) => targetsIn(child, context));
  const { metric, matchers } = selectorOf(node, context.text);
  const job = matchers.find(({ label, operator }) => label === "job" && operator === "=")?.value;
  return metric === "up" ? [{ metric, ...(job !== undefined && { jobs: job }) }] : [];
}

/** Numbers of events that are compared as `increase` extrapolates them. */
function counts(node: SyntaxNode, context: Context): readonly Pitfall[] {
  const { text } = context;
  const inner = operands(node).flatMap((child) => counts(child, context));
  const parts = operands(node);
  const [left, right] = [parts[0], parts.at(-1)];
  if (node.name !== "BinaryExpr" || left === undefined || right === undefined) return inner;
  if (node.getChild("Gtr") === null && node.getChild("Gte") === null) return inner;
  if (right.name !== "NumberDurationLiteral" || Number(text.slice(right.from, right.to)) < 1) return inner;
  const increase = increaseIn(left, text);
  if (increase === undefined) return inner;
  const message = "increase gives more than was counted: round it before it is compared with a number of events";
  return [...inner, { excuse: "extrapolation", from: increase.from, to: increase.to, message }];
}

/** Divisions by a gauge that nothing compares, also in what is read of recording rules. */
function zeros(node: SyntaxNode, context: Context): readonly Pitfall[] {
  const { text, records } = context;
  const inner = children(node).flatMap((child) => zeros(child, context));
  if (node.name === "VectorSelector") {
    const record = records.get(selectorOf(node, text).metric ?? "");
    if (record === undefined) return inner;
    const found = zeros(parse(record.expr).root, within(record, context));
    return found.map((pitfall) => ({ ...pitfall, from: node.from, to: node.to }));
  }
  const divisor = node.name === "BinaryExpr" && node.getChild("Div") !== null ? operands(node).at(-1) : undefined;
  const metric = divisor === undefined ? undefined : uncompared(divisor, context);
  if (divisor === undefined || metric === undefined) return inner;
  const message = `${metric} may be reported as zero, and a share of that is no share: divide by (... > 0)`;
  return [...inner, { excuse: "zero", from: divisor.from, to: divisor.to, message }];
}

/** The gauge whose value an expression has as it is reported; what is compared, counted or a rate is none. */
function uncompared(node: SyntaxNode, context: Context): string | undefined {
  const { text, view, records } = context;
  if (node.name === "VectorSelector") {
    const { metric = "" } = selectorOf(node, text);
    const record = records.get(metric);
    if (record !== undefined) return uncompared(parse(record.expr).root, within(record, context));
    return view.named(metric).some(({ type }) => type === "gauge") ? metric : undefined;
  }
  const operator = node.getChild("AggregateOp");
  if (operator !== null && /^(count|group)/.test(text.slice(operator.from, operator.to))) return undefined;
  if (node.name === "FunctionCall" && !/^(min|max|avg|last|sum)_over_time$/.test(functionOf(node, text)))
    return undefined;
  if (["Gtr", "Gte", "Eql", "Neq", "Lss", "Lte"].some((comparison) => node.getChild(comparison) !== null))
    return undefined;
  return operands(node)
    .map((child) => uncompared(child, context))
    .find((found) => found !== undefined);
}

/** What a recording rule reads. One that remembers itself is read once. */
function within({ record, expr }: RecordingRule, context: Context): Context {
  return { ...context, text: expr, records: new Map([...context.records].filter(([name]) => name !== record)) };
}

/** The call of `increase` whose value an expression has, be it summed up. */
function increaseIn(node: SyntaxNode, text: string): SyntaxNode | undefined {
  if (node.name === "FunctionCall") {
    const name = functionOf(node, text);
    if (name === "increase") return node;
    if (/^(round|floor|ceil)$/.test(name)) return undefined;
  }
  if (!["AggregateExpr", "FunctionCall", "ParenExpr"].includes(node.name)) return undefined;
  return operands(node)
    .map((child) => increaseIn(child, text))
    .find((found) => found !== undefined);
}

function functionOf(node: SyntaxNode, text: string): string {
  const name = node.getChild("FunctionIdentifier");
  return name === null ? "" : text.slice(name.from, name.to).trim();
}

/** The expressions that a node has its value from: not what `unless` only takes away. */
function operands(node: SyntaxNode): readonly SyntaxNode[] {
  const parts = children(node).flatMap((child) => (child.name === "FunctionCallBody" ? children(child) : [child]));
  return node.getChild("Unless") === null ? parts : parts.slice(0, 1);
}
