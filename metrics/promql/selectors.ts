import type { SyntaxNode } from "@lezer/common";
import { remembered } from "../remembered.js";
import { children, type Parsed, parse, unquoted } from "./parse.js";

type MatchOperator = "=" | "!=" | "=~" | "!~";

/** One matcher of a selector, and where it stands. */
export interface Matcher {
  readonly label: string;
  readonly operator: MatchOperator;
  readonly value: string;
  readonly from: number;
  readonly to: number;
}

/** What an expression reads: one metric, or every metric that the matchers let through. */
export interface Selector {
  /** Undefined where a regular expression chooses the metrics, or nothing does. */
  readonly metric: string | undefined;
  /** All others, without the one that says the metric. */
  readonly matchers: readonly Matcher[];
  readonly from: number;
  /** End of the metric's name where it stands before the braces, else of the whole selector. */
  readonly to: number;
}

/** Every selector of an expression, in the order in which they stand there; none when it is not PromQL. */
export function selectors(expression: string): readonly Selector[] {
  return every(parse(expression));
}

/** The selectors without which an expression gives nothing: all but those that only take something away (`unless`). */
export function standsOn(expression: string): readonly Selector[] {
  return needed(parse(expression));
}

const every = remembered((parsed: Parsed) => selectorsIn(parsed, children));

const needed = remembered((parsed: Parsed) =>
  selectorsIn(parsed, (node) => children(node).slice(0, node.getChild("Unless") === null ? undefined : 1)),
);

function selectorsIn(
  { expression, root, problems }: Parsed,
  into: (node: SyntaxNode) => readonly SyntaxNode[],
): readonly Selector[] {
  if (problems.length > 0) return [];
  const walk = (node: SyntaxNode): readonly Selector[] =>
    node.name === "VectorSelector" ? [selectorOf(node, expression)] : into(node).flatMap(walk);
  return walk(root);
}

/** The selector at a node `VectorSelector`. */
export function selectorOf(node: SyntaxNode, expression: string): Selector {
  const text = ({ from, to }: SyntaxNode) => expression.slice(from, to);
  const name = node.getChild("Identifier");
  const inBraces = children(node.getChild("LabelMatchers") ?? node).flatMap((child): Matcher[] => {
    const { from, to } = child;
    // A quoted string alone, as in {"metric.name"}, is the name of the metric.
    if (child.name === "QuotedLabelName") {
      return [{ label: nameLabel, operator: "=", value: unquoted(text(child)), from, to }];
    }
    if (child.name !== "UnquotedLabelMatcher" && child.name !== "QuotedLabelMatcher") return [];
    const [label, operator, value] = children(child);
    if (label === undefined || operator === undefined || value === undefined) return [];
    return [
      {
        label: labelText(label, expression),
        operator: text(operator) as MatchOperator,
        value: unquoted(text(value)),
        from,
        to,
      },
    ];
  });
  const naming = inBraces.find(({ label, operator }) => label === nameLabel && operator === "=");
  return {
    metric: name === null ? naming?.value : text(name),
    matchers: inBraces.filter((matcher) => matcher !== naming),
    from: node.from,
    to: name?.to ?? node.to,
  };
}

/** The name that a node `LabelName` or `QuotedLabelName` says. */
export function labelText({ name, from, to }: SyntaxNode, expression: string): string {
  const text = expression.slice(from, to);
  return name === "QuotedLabelName" ? unquoted(text) : text;
}

/** The label that holds the name of the metric. */
export const nameLabel = "__name__";
