/** An expression of several lines: where a rule is long, its reader breathes at `and`, `or` and `unless`. */
export function lines(...parts: readonly string[]): string {
  return parts.join("\n");
}
