import { problemsOf } from "./analyse.js";
import type { Problem } from "./parse.js";
import type { View } from "./series.js";

/** One thing that is wrong with an expression, and where. */
export interface Finding {
  /** Characters before it, from 0. */
  readonly offset: number;
  /** From 1, as an editor counts. */
  readonly line: number;
  /** From 1, as an editor counts. */
  readonly column: number;
  /** The part of the expression that it is about. */
  readonly excerpt: string;
  readonly message: string;
}

/**
 * Asks of an expression what promtool cannot know: whether what it reads is there, and means what is made of it.
 *
 * - A metric must be of a job that is on, of a rule, or be declared as conditional.
 * - A label that is matched, grouped by, joined on or rewritten must be one that the series can have there.
 * - A value that is matched must be one that the label can have, where its values are known.
 * - A counter's value says nothing as it is: it must pass rate, increase, irate, resets or changes before it is
 *   calculated with or shown. To compare it (`> 0`), count it or ask whether it is there is allowed, and so is to read
 *   one that is new (`x unless x offset 15m`).
 * - rate, increase, irate and resets are for counters.
 * - What kube-state-metrics tells of objects is there twice while there are two instances of it, so that it is neither
 *   added up nor matched before `max by (...)` makes it one. To group by instance says that both are meant.
 * - histogram_quantile needs the label le, or native histograms.
 * - What asks for native histograms must be given some, and what calculates with numbers must not.
 * - A window must hold four scrapes, so that one that fails does no harm.
 * - Two sides that are matched label by label must have the same labels.
 *
 * Types and arity are left to promtool.
 */
export function check(expression: string, view: View): readonly Finding[] {
  return found(expression, view, ({ notice }) => notice === undefined);
}

/** What to know of an expression although nothing is wrong with it: shares that are interpolated between two bounds. */
export function notices(expression: string, view: View): readonly Finding[] {
  return found(expression, view, ({ notice }) => notice === true);
}

function found(expression: string, view: View, wanted: (problem: Problem) => boolean): readonly Finding[] {
  const problems = problemsOf(expression, view).filter(wanted);
  const unique = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...unique.values()].map(({ message, ...place }) => ({ ...at(expression, place), message }));
}

/** Where a part of an expression stands. */
export function at(
  expression: string,
  { from, to }: { readonly from: number; readonly to: number },
): Omit<Finding, "message"> {
  const before = expression.slice(0, from).split("\n");
  return {
    offset: from,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    excerpt: expression.slice(from, to),
  };
}
