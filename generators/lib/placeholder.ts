/**
 * Stands where only the environment knows what is right. The API server refuses it in every field where a name is
 * expected, so that it cannot go live by mistake, and shows it in its error.
 */
export function placeholder(what: string): string {
  return `<set ${what} in your overlay>`;
}

/** Whether a text is one of {@link placeholder}. */
export function isPlaceholder(text: string): boolean {
  return /^<set .+ in your overlay>$/.test(text);
}
