import { isDeepStrictEqual } from "node:util";
import { isSettled, type Seen } from "./see.js";

/** What a copy has, and since when it has exactly that, in milliseconds since 1970. */
export interface Sighting {
  readonly seen: Seen;
  readonly since: number;
}

/**
 * What is known of a copy after one more look at it. A look in which something was not tried yet, or did not answer in
 * time, says nothing, and what was seen before it says nothing any more: `up` is as low of a target that was not scraped
 * yet as of one that refuses, so that only whole looks tell the two apart.
 *
 * @param seen - undefined when the copy did not answer
 */
export function after(before: Sighting | undefined, seen: Seen | undefined, now: number): Sighting | undefined {
  if (seen === undefined || !isSettled(seen)) return undefined;
  return before !== undefined && isDeepStrictEqual(before.seen, seen) ? before : { seen, since: now };
}
