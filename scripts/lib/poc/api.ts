import type { ActiveTarget } from "../prometheus.js";

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

/** What Prometheus' API says of its targets. Rejects while it does not answer. */
export async function targets(address: string): Promise<readonly ActiveTarget[]> {
  const { activeTargets } = await get<{ activeTargets: readonly ActiveTarget[] }>(address, "targets?state=active");
  return activeTargets;
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
  const parameters = new URLSearchParams({ query: loadQuery, start: `${start}`, end: `${end}`, step: `${seconds}` });
  const { result } = await get<Matrix>(address, `query_range?${parameters}`);
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

/** Source: https://prometheus.io/docs/prometheus/latest/querying/api/#range-vectors */
interface Matrix {
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly values: readonly (readonly [seconds: number, value: string])[];
  }[];
}

async function get<T>(address: string, path: string): Promise<T> {
  const response = await fetch(`${address}/api/v1/${path}`, { signal: AbortSignal.timeout(10_000) });
  const body = (await response.json()) as { status: string; error?: string; data: T };
  if (body.status !== "success") throw new Error(`Prometheus refuses ${path}: ${body.error}`);
  return body.data;
}
