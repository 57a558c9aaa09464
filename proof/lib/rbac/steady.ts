import { isDeepStrictEqual } from "node:util";
import { remembering, type Seen, untold } from "./see.js";

/** What a copy has, and since when it has exactly that, in milliseconds since 1970. */
export interface Sighting {
  readonly seen: Seen;
  readonly since: number;
}

/** A discovery that is refused lists again only after a pause, so that only what stays the same for so long is the end of it. */
const steadyMilliseconds = 30_000;

/**
 * What is known of a copy after one more look at it. A scrape that is not answered in time tells nothing of permissions, so of
 * its target holds what an earlier one told: with many copies on a busy machine some scrape is late in nearly every look.
 *
 * @param seen - undefined when the copy did not answer
 */
export function after(before: Sighting | undefined, seen: Seen | undefined, now: number): Sighting | undefined {
  if (seen === undefined) return before && { ...before, since: now };
  const all = remembering(seen, before?.seen);
  return before !== undefined && isDeepStrictEqual(before.seen, all) ? before : { seen: all, since: now };
}

/** Why a copy cannot be judged yet; undefined when it can. */
export function restless(sighting: Sighting | undefined, now: number): string | undefined {
  if (sighting === undefined) return "it does not answer";
  const jobs = untold(sighting.seen);
  if (jobs.length > 0) return `no scrape has told yet of every target of ${jobs.join(", ")}`;
  const [ago, needed] = [now - sighting.since, steadyMilliseconds].map((time) => Math.round(time / 1000));
  return now - sighting.since > steadyMilliseconds
    ? undefined
    : `what it has changed ${ago}s ago, and has to stay for ${needed}s`;
}
