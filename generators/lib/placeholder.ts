/**
 * Stands where only the environment knows what is right. The API server refuses it in every field where a name is
 * expected, so that it cannot go live by mistake, and shows it in its error.
 */
export function placeholder(what: string): string {
  return `<set ${what} in your overlay>`;
}

/** Every {@link placeholder} in a text. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(/<set [^<>\n]+ in your overlay>/g)].map(([found]) => found);
}
