/** A straight line through points. */
export interface Line {
  readonly start: number;
  readonly slope: number;
  /** How much of what differs it explains, 0 to 1. */
  readonly rSquared: number;
  /** The value at an x. */
  readonly at: (x: number) => number;
}

/**
 * The line with the least squares.
 *
 * @throws Error when there are fewer than two different x.
 */
export function fit(points: readonly (readonly [x: number, y: number])[]): Line {
  if (new Set(points.map(([x]) => x)).size < 2) throw new Error("a line takes two points");
  const mean = (values: readonly number[]) => values.reduce((all, one) => all + one, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const sum = (of: (x: number, y: number) => number) =>
    points.reduce((all, [x, y]) => all + of(x - meanX, y - meanY), 0);
  const slope = sum((x, y) => x * y) / sum((x) => x * x);
  const start = meanY - slope * meanX;
  const total = sum((_, y) => y * y);
  const missed = points.reduce((all, [x, y]) => all + (y - start - slope * x) ** 2, 0);
  return { start, slope, rSquared: total === 0 ? 1 : 1 - missed / total, at: (x) => start + slope * x };
}
