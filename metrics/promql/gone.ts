import type { SyntaxNode } from "@lezer/common";
import { children, parse } from "./parse.js";
import { type Selector, selectorOf } from "./selectors.js";

/**
 * Whether an expression has nothing to say any more once some series are gone: it gives nothing, or like `absent` the same
 * for ever. What only takes something away (`unless`), and one side of an `or`, may go.
 *
 * @param isGone whether what a selector reads is gone
 */
export function isGone(expression: string, isGoneOf: (selector: Selector) => boolean): boolean {
  const { root, problems } = parse(expression);
  if (problems.length > 0) return false;
  const gone = (node: SyntaxNode): boolean => {
    if (node.name === "VectorSelector") return isGoneOf(selectorOf(node, expression));
    const parts = children(node);
    if (node.getChild("Unless") !== null) return parts.slice(0, 1).some(gone);
    if (node.getChild("Or") === null) return parts.some(gone);
    const sides = parts.filter(readsSeries);
    // A number in place of nothing is not what it was about.
    return sides.length > 0 && sides.every(gone);
  };
  return gone(root);
}

function readsSeries(node: SyntaxNode): boolean {
  return node.name === "VectorSelector" || children(node).some(readsSeries);
}
