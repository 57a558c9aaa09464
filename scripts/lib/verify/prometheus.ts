import { Failure } from "../failure.js";
import type { Kubectl } from "../kubectl.js";

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
}

/** One series of an instant query: its labels, and the time and value of its sample. */
export interface InstantSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [seconds: number, value: string];
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

/** One Prometheus, asked through the API server, so that nothing of it needs to be reachable from here. */
export interface PrometheusApi {
  readonly pod: string;
  answers(): Promise<Answers>;
  /** How many targets the discovery of a job found and its relabelling dropped. */
  dropped(job: string): Promise<number>;
}

/** The API of the Prometheus in a pod. Its methods throw a Failure when it cannot be reached. */
export function prometheusApi(kubectl: Kubectl, namespace: string, pod: string, port: number): PrometheusApi {
  const get = async <T>(path: string): Promise<T> => {
    const url = `/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy/api/v1/${path}`;
    const text = await kubectl.text(["get", "--raw", url, "--request-timeout=20s"]);
    try {
      return (JSON.parse(text) as { data: T }).data;
    } catch {
      throw new Failure(`pod ${namespace}/${pod} does not answer as Prometheus does: ${text.slice(0, 80)}`);
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
  };
}
