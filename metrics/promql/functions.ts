/*
 * What the functions of PromQL do with the samples that they are given, as far as a check of meaning needs it.
 * Their arguments' types are promtool's to judge.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/functions/
 */

/** They undo a counter's growth: what they are given must be a counter, what they give is none. */
export const ofCounters: ReadonlySet<string> = new Set(["rate", "irate", "increase", "resets"]);

/** They take values as they are, so that a counter's restart spoils what they give. */
export const ofGauges: ReadonlySet<string> = new Set([
  "avg_over_time",
  "delta",
  "deriv",
  "double_exponential_smoothing",
  "idelta",
  "mad_over_time",
  "predict_linear",
  "quantile_over_time",
  "stddev_over_time",
  "stdvar_over_time",
  "sum_over_time",
]);

/** They compare the samples of a window, of which a scrape that failed must not leave too few. */
export const ofWindows: ReadonlySet<string> = new Set([
  "delta",
  "deriv",
  "double_exponential_smoothing",
  "idelta",
  "increase",
  "irate",
  "predict_linear",
  "rate",
]);

/** They ask whether, when or how often there is a sample, not what its value is: a counter may be asked too. */
export const ofPresence: ReadonlySet<string> = new Set([
  "absent",
  "absent_over_time",
  "changes",
  "count_over_time",
  "present_over_time",
  "start_timestamp",
  "timestamp",
  "ts_of_first_over_time",
  "ts_of_last_over_time",
  "ts_of_max_over_time",
  "ts_of_min_over_time",
]);

/** They ask something of native histograms, and give nothing of numbers. */
export const ofNativeHistograms: ReadonlySet<string> = new Set([
  "histogram_avg",
  "histogram_count",
  "histogram_stddev",
  "histogram_stdvar",
  "histogram_sum",
]);

/** They ask something of histograms, native ones or buckets. */
export const ofHistograms: ReadonlySet<string> = new Set([
  ...ofNativeHistograms,
  "histogram_fraction",
  "histogram_quantile",
  "histogram_quantiles",
]);

/** What they give of native histograms are native histograms; the aggregations among them too. */
export const givingHistograms: ReadonlySet<string> = new Set([
  "avg",
  "avg_over_time",
  "delta",
  "first_over_time",
  "idelta",
  "increase",
  "info",
  "irate",
  "label_join",
  "label_replace",
  "last_over_time",
  "limit_ratio",
  "limitk",
  "rate",
  "sort_by_label",
  "sort_by_label_desc",
  "sum",
  "sum_over_time",
]);

/** They count samples, whatever these are: aggregations, and functions that do not compare values. */
export const countingSamples: ReadonlySet<string> = new Set(["count", "count_values", "group", "resets"]);

/** They give a number, or one sample without labels. */
export const withoutLabels: ReadonlySet<string> = new Set(["pi", "scalar", "time", "vector"]);

const rest = [
  "abs acos acosh asin asinh atan atanh ceil clamp clamp_max clamp_min cos cosh day_of_month day_of_week day_of_year",
  "days_in_month deg exp floor hour ln log10 log2 max_over_time min_over_time minute month rad round sgn sin sinh sort",
  "sort_desc sqrt tan tanh year",
].flatMap((line) => line.split(" "));

const aggregations = ["bottomk", "max", "min", "quantile", "stddev", "stdvar", "topk"];

/** Every function and aggregation, for a suggestion. */
export const functionNames: readonly string[] = [
  ...ofCounters,
  ...ofGauges,
  ...ofWindows,
  ...ofPresence,
  ...ofHistograms,
  ...givingHistograms,
  ...countingSamples,
  ...withoutLabels,
  ...rest,
  ...aggregations,
];
