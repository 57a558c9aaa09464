import type { SyntaxNode } from "@lezer/common";
import { children, parse } from "./parse.js";

/** Operators that take series away, or put others in their place. */
const filtering = ["Eql", "Neq", "Gtr", "Lss", "Gte", "Lte", "And", "Or", "Unless"];

/** What stands in a binary expression beside its operands, and numbers. */
const noOperand = [...filtering, "BoolModifier", "MatchingModifierClause", "NumberDurationLiteral"];

/**
 * An expression, and what its comparisons and set operators take, without plain numbers: an alert is silent as long as all is
 * well, and what it looks at is not.
 */
export function operands(expression: string): readonly string[] {
  const found = new Set([expression]);
  const walk = (node: SyntaxNode) => {
    const parts = children(node);
    if (node.name === "BinaryExpr" && parts.some(({ name }) => filtering.includes(name))) {
      for (const { name, from, to } of parts) if (!noOperand.includes(name)) found.add(expression.slice(from, to));
    }
    parts.forEach(walk);
  };
  walk(parse(expression).root);
  return [...found];
}
