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

/** What one Prometheus says of itself. */
export interface Answers {
  readonly pod: string;
  /** Its clock, RFC 3339. */
  readonly serverTime: string;
  readonly reloadConfigSuccess: boolean;
  /** The jobs of the configuration that it runs. */
  readonly scrapePools: readonly string[];
  readonly targets: readonly ActiveTarget[];
  /** `scrape_samples_scraped` of every target. */
  readonly samples: readonly InstantSample[];
}

/**
 * One Prometheus. In the cluster it is asked through the API server, so that nothing of it needs to be reachable from
 * here; where it asks for a password, it is given that of components/basic-auth.
 */
export interface PrometheusApi {
  readonly pod: string;
  answers(): Promise<Answers>;
  /** How many targets the discovery of a job found and its relabelling dropped. */
  dropped(job: string): Promise<number>;
  targets(): Promise<readonly ActiveTarget[]>;
  instant(query: string): Promise<readonly InstantSample[]>;
  range(query: string, range: Range): Promise<readonly RangeSeries[]>;
  rules(): Promise<readonly RuleGroup[]>;
}

/** The API of the Prometheus in a pod. Its methods throw a Failure when it cannot be reached. */
export function prometheusApi(kubectl: Kubectl, namespace: string, pod: string, port: number): PrometheusApi {
  return api(pod, `pod ${namespace}/${pod}`, (path) => {
    const url = `/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy/${path}`;
    return kubectl.text(["get", "--raw", url, "--request-timeout=20s"]).catch((error: unknown) => {
      if (!(error instanceof Failure && error.message.includes("You must be logged in to the server"))) throw error;
      return askLoggedIn(kubectl, { namespace, pod, port }, `/${path}`);
    });
  });
}

/** The API of the Prometheus at an address, such as `http://127.0.0.1:9090`, which names it in the place of a pod. */
export function prometheusAt(address: string): PrometheusApi {
  return api(address, `Prometheus at ${address}`, async (path) => {
    try {
      const response = await fetch(`${address}/${path}`, { signal: AbortSignal.timeout(20_000) });
      return await response.text();
    } catch (error) {
      const { cause = error } = error as Error;
      throw new Failure(`${address} does not answer: ${cause instanceof Error ? cause.message : cause}`);
    }
  });
}

function api(pod: string, who: string, ask: (path: string) => Promise<string>): PrometheusApi {
  const get = async <T>(path: string): Promise<T> => {
    const text = await ask(`api/v1/${path}`);
    try {
      return (JSON.parse(text) as { data: T }).data;
    } catch {
      throw new Failure(`${who} does not answer as Prometheus does: ${text.slice(0, 80)}`);
    }
  };
  return {
    pod,
    async answers() {
      const [{ activeTargets }, { scrapePools }, { serverTime, reloadConfigSuccess }, { result }] = await Promise.all([
        get<{ activeTargets: ActiveTarget[] }>("targets?state=active"),
        get<{ scrapePools: string[] }>("scrape_pools"),
        get<Pick<Answers, "serverTime" | "reloadConfigSuccess">>("status/runtimeinfo"),
        get<{ result: InstantSample[] }>("query?query=scrape_samples_scraped"),
      ]);
      return { pod, serverTime, reloadConfigSuccess, scrapePools, targets: activeTargets, samples: result };
    },
    async dropped(job) {
      const query = `targets?state=dropped&scrapePool=${encodeURIComponent(job)}`;
      const { droppedTargetCounts } = await get<{ droppedTargetCounts: Record<string, number> }>(query);
      return droppedTargetCounts[job] ?? 0;
    },
    async targets() {
      return (await get<{ activeTargets: ActiveTarget[] }>("targets?state=active")).activeTargets;
    },
    async instant(query) {
      return (await get<{ result: InstantSample[] }>(`query?${new URLSearchParams({ query })}`)).result;
    },
    async range(query, { start, end, step }) {
      const parameters = new URLSearchParams({ query, start: `${start}`, end: `${end}`, step: `${step}` });
      return (await get<{ result: RangeSeries[] }>(`query_range?${parameters}`)).result;
    },
    async rules() {
      return (await get<{ groups: RuleGroup[] }>("rules")).groups;
    },
  };
}
