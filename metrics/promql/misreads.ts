import { has, type Labels } from "./labels.js";
import { type Matcher, type Selector, selectors } from "./selectors.js";
import type { Series, View } from "./series.js";
import { matches } from "./values.js";
import { hasVariable } from "./variables.js";

/** A selector that finds nothing, since the histogram is kept in the other form. */
export interface Misread {
  readonly metric: string;
  readonly selector: Selector;
  /** What there is of the histogram instead. */
  readonly instead: readonly [Series, ...Series[]];
}

/** What an expression reads of histograms that are kept in the other form. Other mistakes are not told here. */
export function misreads(expression: string, view: View): readonly Misread[] {
  return selectors(expression).flatMap((selector): Misread[] => {
    const { metric } = selector;
    if (metric === undefined || view.named(metric).some(({ labels }) => mayBe(selector, labels))) return [];
    const [first, ...others] = view.inOtherForm(metric).filter(({ labels }) => mayBe(selector, labels));
    return first === undefined ? [] : [{ metric, selector, instead: [first, ...others] }];
  });
}

/** Whether a selector may mean series with such labels, but for the one of the buckets, which one of the forms lacks. */
function mayBe({ matchers }: Selector, labels: Labels): boolean {
  return matchers.every((matcher) => matcher.label === "le" || isMet(matcher, labels));
}

function isMet(matcher: Matcher, labels: Labels): boolean {
  if (hasVariable(matcher.value)) return true;
  if (!has(labels, matcher.label)) return matches(matcher, "");
  const { values = null, certain = false } = labels.known.get(matcher.label) ?? {};
  return values === null || [...values, ...(certain ? [] : [""])].some((value) => matches(matcher, value));
}
