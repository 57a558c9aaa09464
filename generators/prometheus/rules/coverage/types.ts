/** A way to fail, and the alert that tells of it or the reason why none does: one row of the table of coverage. */
export type CoverageRow = {
  /** What goes wrong, in a few words. */
  readonly failureMode: string;
  /** What the field calls the alert; absent where only this bundle has it. */
  readonly knownAs?: string;
} & ({ readonly alert: string } | { readonly reason: string });
