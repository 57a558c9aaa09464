import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import { functionNames } from "./functions.js";
import { didYouMean } from "./nearest.js";

/** Something that is wrong with an expression, between two offsets of it. */
export interface Problem {
  readonly from: number;
  readonly to: number;
  readonly message: string;
  /** It may be meant so: nothing is wrong, and somebody should know. */
  readonly notice?: true;
}

/** An expression as a tree. Where `problems` is not empty it is not PromQL, and `root` says little. */
export interface Parsed {
  readonly expression: string;
  readonly root: SyntaxNode;
  readonly problems: readonly Problem[];
}

/** Each expression is asked several things, one after the other; trees never change. */
const known = new Map<string, Parsed>();

/** Reads an expression. What Prometheus' own web UI would underline comes back as a problem. */
export function parse(expression: string): Parsed {
  const before = known.get(expression);
  if (before !== undefined) return before;
  const parsed = read(expression);
  known.set(expression, parsed);
  return parsed;
}

function read(expression: string): Parsed {
  const tree = parser.parse(expression);
  const problems: Problem[] = [];
  tree.iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) problems.push(syntaxProblem(expression, from, to));
      if (type.name === "StringLiteral" && !isClosed(expression.slice(from, to))) {
        problems.push({ from, to, message: "this string has no end" });
      }
    },
  });
  // What follows the first error are its consequences.
  return { expression, root: tree.topNode.firstChild ?? tree.topNode, problems: problems.slice(0, 1) };
}

/** The children of a node that are not comments. */
export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== "LineComment") found.push(child);
  }
  return found;
}

/** The value of a string literal, as Go would read it. */
export function unquoted(literal: string): string {
  const body = literal.slice(1, -1);
  if (literal.startsWith("`")) return body;
  return body.replace(escapes, (_, x?: string, u?: string, long?: string, octal?: string, other = "") => {
    const hex = x ?? u ?? long;
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    return controls[other] ?? other;
  });
}

const escapes = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/gs;
const controls: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

function isClosed(literal: string): boolean {
  return literal.length > 1 && literal.endsWith(literal.charAt(0));
}

function syntaxProblem(expression: string, from: number, to: number): Problem {
  const called = /([A-Za-z_]\w*)\s*$/.exec(expression.slice(0, from))?.[1];
  if (called !== undefined && expression.slice(from).trimStart().startsWith("(")) {
    const start = expression.slice(0, from).lastIndexOf(called);
    const message = `there is no function ${called}${didYouMean(called, functionNames)}`;
    return { from: start, to: start + called.length, message };
  }
  const unexpected = expression.slice(from, to).trim();
  const message = unexpected === "" ? "something is missing here" : `did not expect ${unexpected} here`;
  return { from, to, message };
}
