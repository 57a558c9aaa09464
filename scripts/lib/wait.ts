import { setTimeout as sleep } from "node:timers/promises";

/** How long something is waited for. */
interface Patience {
  readonly seconds: number;
  /** Between two looks; default: 500. */
  readonly pauseMilliseconds?: number;
  /** Ends the wait, with its AbortError. */
  readonly signal?: AbortSignal;
}

/** Looks until it is enough or the time is over, at least once; gives what it saw last. */
export async function lookUntil<T>(
  look: () => T | Promise<T>,
  isEnough: (seen: T) => boolean,
  { seconds, pauseMilliseconds = 500, signal }: Patience,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    const left = end - Date.now();
    if (isEnough(seen) || left <= 0) return seen;
    await sleep(Math.min(pauseMilliseconds, left), undefined, { signal });
  }
}

/**
 * Looks until there is something other than undefined and false.
 *
 * @throws what `otherwise` gives, when the time is over.
 */
export async function waitFor<T>(
  look: () => T | Promise<T>,
  { otherwise, ...patience }: Patience & { readonly otherwise: () => Error | Promise<Error> },
): Promise<Exclude<T, undefined | false>> {
  const seen = await lookUntil(look, isThere, patience);
  if (!isThere(seen)) throw await otherwise();
  return seen as Exclude<T, undefined | false>;
}

function isThere(seen: unknown): boolean {
  return seen !== undefined && seen !== false;
}
