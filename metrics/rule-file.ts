/**
 * The part of Prometheus' rule files that this bundle uses, in Prometheus' own words; promtool is the authority.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
 */
export interface RecordingRule {
  /** Named `level:metric:operation`. */
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly why?: Why;
}

/**
 * Why a rule or a group is as it is, for the reader of the file who wonders: sentences about the whole, or about fields by
 * their names. They become comments.
 */
export type Why = string | { readonly [Field in "expr" | "for" | "keep_firing_for" | "interval"]?: string };

/** How soon somebody has to act: at once, in working hours, never by itself, and for the Watchdog not at all. */
export type Severity = "critical" | "warning" | "info" | "none";

export interface AlertingRule {
  /** CamelCase. `docs/runbooks/<alert>.md` says what to do. */
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: { readonly severity: Severity } & Readonly<Record<string, string>>;
  /** Why the rule may do what the build otherwise refuses (metrics/promql/worst-day.ts): a sentence. */
  readonly excuses?: Readonly<Partial<Record<Excuse, string>>>;
  readonly why?: Why;
  readonly annotations: {
    /** One sentence without values, the same for every instance. */
    readonly summary: string;
    /** What is wrong where, with the values that matter, as a Go template. */
    readonly description: string;
  };
}

/** What an alert may be excused of: see {@link AlertingRule.excuses}. */
export type Excuse = "missed scrape" | "share" | "extrapolation" | "zero";

export interface RuleGroup {
  readonly name: string;
  readonly interval?: string;
  readonly why?: Why;
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}

/** The rules of one subject: one file of the ConfigMap `prometheus-rules`. */
export interface RuleFile {
  /** Name of the file without its ending. */
  readonly subject: string;
  /** What its rules watch, in one sentence. */
  readonly about: string;
  /** The generator that wrote it, from the root of the project. */
  readonly source: string;
  /** The jobs whose series it reads: where one is off, the file is not there. */
  readonly jobs: readonly string[];
  readonly groups: readonly RuleGroup[];
}
