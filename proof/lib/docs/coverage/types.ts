/** A way to fail, and the alert that tells of it or the reason why none does: one row of the table of coverage. */
export type CoverageRow = {
  /** What goes wrong, in a few words; it begins with a small letter. */
  readonly failureMode: string;
  /** The alert's name in kube-prometheus, or in the mixin of the program's own project; absent where neither has one. */
  readonly knownAs?: string;
} & ({ readonly alert: string } | { readonly reason: string });

/** The ways to fail that one file of rules is about. */
export interface SubjectCoverage {
  /** The file's subject; one without such a file has rows without alerts only. */
  readonly subject: string;
  readonly rows: readonly CoverageRow[];
}
