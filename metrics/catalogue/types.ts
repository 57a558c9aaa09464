/** What a metric is, as its exposition says. `histogram` and `summary` stand for several series each. */
export type MetricType = "counter" | "gauge" | "histogram" | "summary" | "unknown";

/** Values of a label that come from the program's own source, sorted; null where they come from the cluster. */
export type KnownValues = readonly string[] | null;

/** One metric of one job, by the name that `# TYPE` gives it. */
export interface Metric {
  readonly type: MetricType;
  /** Base unit, such as `seconds` or `bytes`; empty where it has none. */
  readonly unit: string;
  readonly help: string;
  /**
   * Labels that its samples have, without those that its target gives them. A histogram has `le` here, a summary
   * `quantile`.
   */
  readonly labels: Readonly<Record<string, KnownValues>>;
  /** Those of its labels that some of its series lack, sorted. */
  readonly optional?: readonly string[];
}

/** Every metric that a job was seen to expose, by name: one file `metrics/catalogue/<job>.json`. */
export type JobCatalogue = Readonly<Record<string, Metric>>;

/**
 * What a job exposes under conditions that the cluster of the recording does not meet: a whole metric, or values and
 * labels of a recorded one.
 */
export interface ConditionalMetric {
  readonly job: string;
  readonly metric: string;
  readonly type: MetricType;
  readonly labels: Readonly<Record<string, KnownValues>>;
  /** When it is there. */
  readonly reason: string;
  /** Where its program defines it: a file of its repository, or its documentation. */
  readonly source: string;
}
