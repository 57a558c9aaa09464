import type { SyntaxNode } from "@lezer/common";
import { rangeMilliseconds } from "./durations.js";
import { children, parse } from "./parse.js";
import { type Selector, selectorOf } from "./selectors.js";

/** Every selector that an expression reads over a window, with its length; none when it is not PromQL. */
export function windows(expression: string): readonly { readonly selector: Selector; readonly milliseconds: number }[] {
  const { root, problems } = parse(expression);
  const found: { selector: Selector; milliseconds: number }[] = [];
  const walk = (node: SyntaxNode) => {
    if (node.name !== "MatrixSelector") return children(node).forEach(walk);
    const [selector, length] = [node.getChild("VectorSelector"), node.getChild("DurationExpr")];
    const milliseconds = length ? rangeMilliseconds(expression.slice(length.from, length.to)) : undefined;
    if (selector !== null && milliseconds !== undefined) {
      found.push({ selector: selectorOf(selector, expression), milliseconds });
    }
  };
  if (problems.length === 0) walk(root);
  return found;
}
