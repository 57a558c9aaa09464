/**
 * How Prometheus keeps a histogram: `classic` in series of their own for each bucket (`_bucket`, by `le`), `_sum` and `_count`;
 * `native` in one series under its bare name, whose samples hold all of that.
 *
 * Source: https://prometheus.io/docs/specs/native_histograms/
 */
export type HistogramForm = "classic" | "native";

/** What is asked of the observations of a window, as PromQL, added up by labels; by none over all series. */
interface Histogram {
  /** The value that this share of the observations does not exceed. */
  quantile(ratio: number, ...by: readonly string[]): string;
  /** Share of the observations that do not exceed a bound, which has to be a bucket's; NaN where there was none. */
  share(bound: number, ...by: readonly string[]): string;
  /** Number of the observations that do not exceed a bound, which has to be a bucket's. */
  within(bound: number, ...by: readonly string[]): string;
  /** Number of the observations that exceed a bound, which has to be a bucket's. */
  beyond(bound: number, ...by: readonly string[]): string;
  /** Number of all observations. */
  count(...by: readonly string[]): string;
  /** What the observations add up to. */
  sum(...by: readonly string[]): string;
  /** What an observation is on average; NaN where there was none. */
  mean(...by: readonly string[]): string;
}

/**
 * The one place where PromQL for a histogram is written.
 *
 * @param name - its bare name, such as `http_request_duration_seconds`
 * @param matchers - what stands in the braces of the selector, without `le`
 * @param over - the window, and whether numbers are those of a second of it (`rate`) or of all of it (`increase`)
 */
export function histogram(
  form: HistogramForm,
  name: string,
  matchers: string,
  over: { readonly rate: string } | { readonly increase: string },
): Histogram {
  const grown = (series: string, ...further: readonly string[]) => {
    const selector = `${series}{${[matchers, ...further].filter((one) => one !== "").join(", ")}}`;
    return "rate" in over ? `rate(${selector}[${over.rate}])` : `increase(${selector}[${over.increase}])`;
  };
  const added = (by: readonly string[], expr: string) =>
    by.length === 0 ? `sum(${expr})` : `sum by (${by.join(", ")}) (${expr})`;
  return form === "classic" ? classic(name, grown, added) : native(name, grown, added);
}

type Grown = (series: string, ...further: readonly string[]) => string;
type Added = (by: readonly string[], expr: string) => string;

function classic(name: string, grown: Grown, added: Added): Histogram {
  const within = (bound: number, by: readonly string[]) =>
    added(by, grown(`${name}_bucket`, `le="${boundText(bound)}"`));
  const count = (by: readonly string[]) => added(by, grown(`${name}_count`));
  const sum = (by: readonly string[]) => added(by, grown(`${name}_sum`));
  return {
    quantile: (ratio, ...by) => `histogram_quantile(${ratio}, ${added([...by, "le"], grown(`${name}_bucket`))})`,
    share: (bound, ...by) => `${within(bound, by)} / ${count(by)}`,
    within: (bound, ...by) => within(bound, by),
    beyond: (bound, ...by) => `${count(by)} - ${within(bound, by)}`,
    count: (...by) => count(by),
    sum: (...by) => sum(by),
    mean: (...by) => `${sum(by)} / ${count(by)}`,
  };
}

function native(name: string, grown: Grown, added: Added): Histogram {
  const all = (by: readonly string[]) => added(by, grown(name));
  const count = (by: readonly string[]) => added(by, `histogram_count(${grown(name)})`);
  const sum = (by: readonly string[]) => added(by, `histogram_sum(${grown(name)})`);
  const share = (from: string, to: string, by: readonly string[]) => `histogram_fraction(${from}, ${to}, ${all(by)})`;
  // A share of nothing is NaN, and a number of nothing is zero.
  const number = (share: string, by: readonly string[]) => `(${share} * (${count(by)} > 0) or ${count(by)})`;
  return {
    quantile: (ratio, ...by) => `histogram_quantile(${ratio}, ${all(by)})`,
    share: (bound, ...by) => share("-Inf", `${bound}`, by),
    within: (bound, ...by) => number(share("-Inf", `${bound}`, by), by),
    beyond: (bound, ...by) => number(share(`${bound}`, "+Inf", by), by),
    count: (...by) => count(by),
    sum: (...by) => sum(by),
    mean: (...by) => `${sum(by)} / ${count(by)}`,
  };
}

/**
 * A bound as Prometheus writes it into `le`: never as a whole number, and from a million on with an exponent.
 *
 * Source: https://github.com/prometheus/prometheus/blob/v3.16.0/model/labels/float.go
 */
function boundText(bound: number): string {
  const [digits = "", power = ""] = bound.toExponential().split("e");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 6) return `${digits}e${power[0]}${String(Math.abs(exponent)).padStart(2, "0")}`;
  return Number.isInteger(bound) ? `${bound}.0` : `${bound}`;
}
