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
 * The line by least squares with the weight 1/x²: without it the largest x would say nearly all, and a line through 500 nodes
 * could be below zero at one.
 *
 * @param points - each x above zero
 * @throws Error when there are fewer than two different x.
 */
export function fit(points: readonly (readonly [x: number, y: number])[]): Line {
  if (new Set(points.map(([x]) => x)).size < 2) throw new Error("a line takes two points");
  const sum = (of: (x: number, y: number) => number) => points.reduce((all, [x, y]) => all + of(x, y) / x ** 2, 0);
  const weights = sum(() => 1);
  const [meanX, meanY] = [sum((x) => x) / weights, sum((_, y) => y) / weights];
  const slope = sum((x, y) => (x - meanX) * (y - meanY)) / sum((x) => (x - meanX) ** 2);
  const start = meanY - slope * meanX;
  const total = sum((_, y) => (y - meanY) ** 2);
  const missed = sum((x, y) => (y - start - slope * x) ** 2);
  return { start, slope, rSquared: total === 0 ? 1 : 1 - missed / total, at: (x) => start + slope * x };
}
