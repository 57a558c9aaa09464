import { distance } from "fastest-levenshtein";

/**
 * The candidate that a misspelt word was most likely meant to be; undefined when none is near. Of two that are equally
 * near the first in the alphabet wins, so that messages are stable.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  // Any short word is two steps from many others.
  const allowed = word.length < 5 ? 1 : Math.max(2, Math.floor(word.length / 4));
  let best: { name: string; away: number } | undefined;
  for (const name of [...new Set(candidates)].sort()) {
    if (Math.abs(name.length - word.length) > allowed) continue;
    const away = distance(word, name);
    if (away > allowed) continue;
    if (best === undefined || away < best.away) best = { name, away };
  }
  return best?.name;
}

/** `: did you mean "x"`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const found = nearest(word, candidates);
  return found === undefined ? "" : `: did you mean ${found}?`;
}
