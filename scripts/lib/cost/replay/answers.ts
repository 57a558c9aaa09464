/** What a range query gave: each series by its labels, as sorted JSON, with its values by their time. */
export type Answer = ReadonlyMap<string, ReadonlyMap<number, string>>;

/** One series of a matrix, as Prometheus' API gives it. */
interface MatrixSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values?: readonly (readonly [seconds: number, value: string])[];
  readonly histograms?: readonly (readonly [seconds: number, histogram: unknown])[];
}

/** An answer out of the series of a range query. */
export function answerOf(matrix: readonly MatrixSeries[]): Answer {
  return new Map(
    matrix.map(({ metric, values = [], histograms = [] }) => [
      JSON.stringify(Object.entries(metric).sort(([one], [other]) => (one < other ? -1 : 1))),
      new Map([...values, ...histograms.map(([at, histogram]): [number, string] => [at, JSON.stringify(histogram)])]),
    ]),
  );
}

/** Sums of the same numbers in another order differ in the last digits of a double. */
const sameSum = 1e-12;

/**
 * How the second answer differs from the first, in a few words; undefined where both have the same series and values.
 *
 * @param values - whether the values have to be the same too
 * @param within - how much of the larger one may lie between two values
 */
export function difference(one: Answer, other: Answer, values = true, within = sameSum): string | undefined {
  const lost = [...one.keys()].filter((series) => !other.has(series));
  if (lost.length > 0) return `${lost.length} of ${one.size} series are lost, such as ${lost[0]}`;
  const added = [...other.keys()].filter((series) => !one.has(series));
  if (added.length > 0) return `${added.length} series are there that were not, such as ${added[0]}`;
  for (const [series, samples] of values ? one : []) {
    const others = other.get(series);
    for (const at of new Set([...samples.keys(), ...(others?.keys() ?? [])])) {
      const [before, after] = [samples.get(at), others?.get(at)];
      if (!same(before, after, within))
        return `${series} is ${after ?? "not there"} in place of ${before ?? "nothing"}`;
    }
  }
  return undefined;
}

function same(one: string | undefined, other: string | undefined, within: number): boolean {
  if (one === other) return true;
  const [a, b] = [Number(one ?? Number.NaN), Number(other ?? Number.NaN)];
  return Math.abs(a - b) <= within * Math.max(Math.abs(a), Math.abs(b));
}
