import { prometheusAt } from "../prometheus.js";

/**
 * How busy each core is, from 0 to 1. A core that waits for a disk (`iowait`) has nothing to do either.
 * Shown to the user as the query to paste into the web UI.
 */
export const loadQuery = 'sum by (cpu) (rate(node_cpu_seconds_total{mode!~"idle|iowait"}[1m]))';

/** The load of one core over time: one value from 0 to 1 for each step, undefined where there is none. */
export interface CoreLoad {
  readonly cpu: string;
  readonly values: readonly (number | undefined)[];
}

/**
 * The load of every core, in the order of the cores, up to now.
 *
 * @param steps how many values for each core
 * @param seconds how far they lie apart
 */
export async function load(address: string, steps: number, seconds: number): Promise<readonly CoreLoad[]> {
  const end = Math.floor(Date.now() / 1000);
  const start = end - (steps - 1) * seconds;
  const result = await prometheusAt(address).range(loadQuery, { start, end, step: seconds });
  return result
    .map(({ metric, values }) => {
      const byTime = new Map(values.map(([time, value]) => [time, Number(value)]));
      return {
        cpu: metric.cpu ?? "",
        values: Array.from({ length: steps }, (_, step) => byTime.get(start + step * seconds)),
      };
    })
    .sort((one, other) => Number(one.cpu) - Number(other.cpu));
}
