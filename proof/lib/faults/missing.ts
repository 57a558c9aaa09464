/** When one target was scraped successfully, in seconds, rising. */
export type Times = readonly number[];

/**
 * Seconds between two times for which there are no samples: of each pause between two scrapes that is too long, what it is
 * longer than the interval.
 *
 * @param interval - how often it is scraped, in seconds.
 */
export function missingSeconds(times: Times, from: number, to: number, interval: number): number {
  const within = times.filter((time) => time >= from && time <= to);
  const ends = [from, ...within, to];
  let missing = 0;
  for (const [index, time] of ends.slice(1).entries()) {
    const pause = time - (ends[index] ?? from);
    // A scrape may come late without anything being amiss.
    if (pause > 1.5 * interval) missing += pause - interval;
  }
  return missing;
}

/** The scrapes of several replicas as if one had made them all. */
export function together(replicas: readonly Times[]): Times {
  return replicas.flat().sort((left, right) => left - right);
}
