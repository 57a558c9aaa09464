import { Failure } from "../../../scripts/lib/failure.js";

/** A Prometheus that answers at an address. Its methods throw a Failure when it does not. */
export interface Asking {
  /** How many series an instant query gives now; a number counts as one. */
  series(expression: string): Promise<number>;
  /** The value of the first series of an instant query; NaN when there is none. */
  value(expression: string): Promise<number>;
  /** Seconds that a query over the last hour takes, a point for each scrape. */
  seconds(expression: string): Promise<number>;
  /** Groups of rules whose last evaluation failed, with what Prometheus says of it. */
  unhealthyGroups(): Promise<readonly string[]>;
}

interface Result {
  readonly resultType: string;
  readonly result: readonly { readonly value?: readonly [number, string] }[];
  readonly stats?: { readonly timings: { readonly execTotalTime: number } };
}

interface Groups {
  readonly groups: readonly {
    readonly name: string;
    readonly file: string;
    readonly rules: readonly { readonly name: string; readonly health: string; readonly lastError?: string }[];
  }[];
}

const hourSeconds = 3600;

/**
 * The API of a Prometheus.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export function asking(address: string, scrapeIntervalMs: number): Asking {
  const get = async <T>(path: string, parameters: Record<string, string> = {}): Promise<T> => {
    const url = `${address}/api/v1/${path}`;
    const response = await fetch(url, {
      ...(Object.keys(parameters).length > 0 && { method: "POST", body: new URLSearchParams(parameters) }),
    }).catch((error: Error) => {
      throw new Failure(`${address} does not answer: ${error.message}`, "npm run verify says why");
    });
    const answer = (await response.json()) as { data: T; error?: string };
    if (!response.ok) throw new Failure(`${url} refuses ${parameters.query ?? "this"}: ${answer.error}`);
    return answer.data;
  };
  const instant = (query: string) => get<Result>("query", { query });
  return {
    async series(expression) {
      const { resultType, result } = await instant(expression);
      return resultType === "scalar" ? 1 : result.length;
    },
    async value(expression) {
      return Number((await instant(expression)).result[0]?.value?.[1] ?? Number.NaN);
    },
    async seconds(query) {
      const end = Math.floor(Date.now() / 1000);
      const range = { start: `${end - hourSeconds}`, end: `${end}`, step: `${scrapeIntervalMs / 1000}` };
      const { stats } = await get<Result>("query_range", { query, ...range, stats: "true" });
      return stats?.timings.execTotalTime ?? Number.NaN;
    },
    async unhealthyGroups() {
      const { groups } = await get<Groups>("rules");
      return groups.flatMap(({ file, name, rules }) =>
        rules
          .filter(({ health }) => health === "err")
          .map((rule) => `group ${name} of ${file}, ${rule.name}: ${rule.lastError}`),
      );
    },
  };
}
