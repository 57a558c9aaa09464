import type { Labels } from "./labels.js";

/** All series of one name from one origin: a job, or a rule. */
export interface Series {
  readonly name: string;
  /** Undefined for what a rule records. */
  readonly job: string | undefined;
  /** What its values are: a histogram's buckets, sum and count are counters. */
  readonly type: "counter" | "gauge" | "unknown";
  readonly labels: Labels;
  /** Time between two samples. */
  readonly intervalMs: number;
}

/** Everything that an expression may read. */
export interface View {
  /** None when nothing gives it. */
  named(name: string): readonly Series[];
  /** Every name that there is. */
  readonly names: readonly string[];
  /** The jobs that are switched on. */
  readonly jobs: readonly string[];
  /** Why there is no such series although the name is known; undefined where it is not. */
  explain(name: string): string | undefined;
}
