import { Failure } from "./failure.js";
import type { Kubectl } from "./kubectl.js";
import { askLoggedIn } from "./verify/logged-in.js";

/**
 * A target as Prometheus' API tells it.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/#targets
 */
export interface ActiveTarget {
  readonly labels: Readonly<Record<string, string>>;
  /** The job_name of its scrape config; the label `job` may say otherwise. */
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly lastError: string;
  /** RFC 3339; the year 1 when it was never scraped. */
  readonly lastScrape: string;
  readonly health: "up" | "down" | "unknown";
  /** Seconds that the last scrape took. */
  readonly lastScrapeDuration: number;
  /** As the configuration says it: `15s`. */
  readonly scrapeInterval: string;
}

/** One series of an instant query: its labels, and the time and value of its sample. */
export interface InstantSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [seconds: number, value: string];
}

/** One series of a range query. */
export interface RangeSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

/** The time that a range query is about, in seconds since 1970. */
export interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/**
 * A group of rules as Prometheus' API tells it.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/#rules
 */
export interface RuleGroup {
  readonly name: string;
  readonly file: string;
  /** Seconds that its last evaluation took. */
  readonly evaluationTime: number;
  readonly rules: readonly LiveRule[];
}

/** A rule as Prometheus' API tells it. */
export interface LiveRule {
  readonly name: string;
  readonly type: "alerting" | "recording";
  readonly health: "ok" | "err" | "unknown";
  readonly lastError?: string;
  /** Of an alerting rule. */
  readonly alerts?: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly state: "firing" | "pending";
    /** RFC 3339. */
    readonly activeAt: string;
  }[];
}

/**
 * One Prometheus. Its methods throw a Failure when it does not answer, or refuses.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export interface PrometheusApi {
  /** The pod that it runs in, or the address or Service that it answers at. */
  readonly name: string;
  /** The `data` of what `/api/v1/PATH` answers. */
  get<T>(path: string, parameters?: Readonly<Record<string, string>>): Promise<T>;
  targets(): Promise<readonly ActiveTarget[]>;
  /**
   * A number counts as a series without labels.
   *
   * @param time - in seconds since 1970; absent: now
   */
  instant(query: string, time?: number): Promise<readonly InstantSample[]>;
  /** The value of the first series of an instant query; NaN when there is none. */
  value(query: string): Promise<number>;
  range(query: string, range: Range): Promise<readonly RangeSeries[]>;
  rules(): Promise<readonly RuleGroup[]>;
  /** What it exposes of itself, in Prometheus' text form. */
  metrics(): Promise<string>;
}

/**
 * The Prometheus in a pod. It is asked through the API server, so that nothing of it needs to be reachable from here;
 * where it asks for a password, it is given that of components/basic-auth.
 */
export function prometheusInPod(kubectl: Kubectl, namespace: string, pod: string, port: number): PrometheusApi {
  return api(pod, `pod ${namespace}/${pod}`, (path) => {
    const url = `/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy/${path}`;
    return kubectl.text(["get", "--raw", url, "--request-timeout=20s"]).catch((error: unknown) => {
      if (!(error instanceof Failure && error.message.includes("You must be logged in to the server"))) throw error;
      return askLoggedIn(kubectl, { namespace, pod, port }, `/${path}`);
    });
  });
}

/** The Prometheus behind a Service, such as `prometheus:http`, asked through the API server. */
export function prometheusBehind(kubectl: Kubectl, namespace: string, service: string): PrometheusApi {
  return api(service, `Service ${namespace}/${service}`, (path) =>
    kubectl.raw(`/api/v1/namespaces/${namespace}/services/${service}/proxy/${path}`),
  );
}

/**
 * The address of a Prometheus that an option says, without a slash at its end.
 *
 * @param pattern - what it may be; absent: also with a path, as behind a proxy
 * @throws Failure that names the option and says what would be right.
 */
export function addressFrom(option: string, url: string, pattern = /^https?:\/\/[^/?#@]+(\/[^?#]*)?$/): string {
  if (pattern.test(url) && URL.canParse(url)) return url.replace(/\/+$/, "");
  throw new Failure(
    `${option} is ${JSON.stringify(url)}`,
    "say where it listens, scheme and port included: http://127.0.0.1:9090",
  );
}

/**
 * The Prometheus at an address, such as `http://127.0.0.1:9090`.
 *
 * @param cure - what helps where it does not answer
 * @param seconds - how long it may take
 */
export function prometheusAt(address: string, { cure, seconds = 20 }: { cure?: string; seconds?: number } = {}) {
  const ask = async (path: string) => {
    try {
      const response = await fetch(`${address}/${path}`, {
        signal: AbortSignal.timeout(seconds * 1000),
        // A connection that is kept goes on reaching a pod that the Service has long left out.
        headers: { connection: "close" },
      });
      return await response.text();
    } catch (error) {
      const { cause = error } = error as Error;
      throw new Failure(`${address} does not answer: ${cause instanceof Error ? cause.message : cause}`, cure);
    }
  };
  return api(address, `Prometheus at ${address}`, ask, cure);
}

function api(name: string, who: string, ask: (path: string) => Promise<string>, cure?: string): PrometheusApi {
  const get = async <T>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> => {
    const query = new URLSearchParams(parameters);
    const text = await ask(`api/v1/${path}${query.size === 0 ? "" : `?${query}`}`);
    const { data, error } = answerIn<T>(text);
    if (error !== undefined) throw new Failure(`${who} refuses ${parameters.query ?? path}: ${error}`);
    if (data === undefined) {
      throw new Failure(`${who} does not answer as Prometheus does: ${text.slice(0, 80)}`, cure);
    }
    return data;
  };
  const instant = async (query: string, time?: number): Promise<readonly InstantSample[]> => {
    const at = time === undefined ? {} : { time: `${time}` };
    const answer = await get<InstantAnswer>("query", { query, ...at });
    return answer.resultType === "scalar" ? [{ metric: {}, value: answer.result }] : answer.result;
  };
  return {
    name,
    get,
    instant,
    async targets() {
      return (await get<{ activeTargets: ActiveTarget[] }>("targets", { state: "active" })).activeTargets;
    },
    async value(query) {
      return Number((await instant(query))[0]?.value[1] ?? Number.NaN);
    },
    async range(query, { start, end, step }) {
      const range = { start: `${start}`, end: `${end}`, step: `${step}` };
      return (await get<{ result: RangeSeries[] }>("query_range", { query, ...range })).result;
    },
    async rules() {
      return (await get<{ groups: RuleGroup[] }>("rules")).groups;
    },
    metrics: () => ask("metrics"),
  };
}

type InstantAnswer =
  | { readonly resultType: "scalar"; readonly result: InstantSample["value"] }
  | { readonly resultType: "vector"; readonly result: readonly InstantSample[] };

function answerIn<T>(text: string): { readonly data?: T; readonly error?: string } {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
