import { type HistogramForm, histogram } from "../../../metrics/promql/histogram.js";

/** Within this 99 of 100 of what a histogram observes were done, added up by labels. */
export function slowest(form: HistogramForm, name: string, matchers: string, ...by: readonly string[]): string {
  return histogram(form, name, matchers, { rate: "$__rate_interval" }).quantile(0.99, ...by);
}
