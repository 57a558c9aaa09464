import type { Labels } from "./labels.js";

/** All series of one name from one origin: a job, or a rule. */
export interface Series {
  readonly name: string;
  /** Undefined for what a rule records. */
  readonly job: string | undefined;
  /** What its values are: a histogram is a counter, whole and by its buckets, sum and count. */
  readonly type: "counter" | "gauge" | "unknown";
  readonly labels: Labels;
  /** Time between two samples. */
  readonly intervalMs: number;
  /** Bounds of its buckets where its values are native histograms, null where they are not known. Absent: values are numbers. */
  readonly bounds?: readonly number[] | null;
}

/** Everything that an expression may read. */
export interface View {
  /** None when nothing gives it. */
  named(name: string): readonly Series[];
  /** Every name that there is. */
  readonly names: readonly string[];
  /** The jobs that are switched on. */
  readonly jobs: readonly string[];
  /** Where a histogram is not there under that name, as it is kept in the other form: what there is of it instead. */
  inOtherForm(name: string): readonly Series[];
  /** Why there is no such series although the name is known; undefined where it is not. */
  explain(name: string): string | undefined;
}
