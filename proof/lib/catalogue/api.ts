import { Failure } from "../../../scripts/lib/failure.js";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";

/** What Prometheus keeps of a metric's `# TYPE`, `# HELP` and `# UNIT` lines, target by target. */
export interface Metadata {
  readonly metric: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

/** All labels of one series, its name as `__name__`. */
export type SeriesLabels = Readonly<Record<string, string>>;

/** What the recording asks a Prometheus. Its methods throw a Failure when it does not answer. */
export interface CatalogueApi {
  /** The jobs of which at least one target is up. */
  jobs(): Promise<readonly string[]>;
  metadata(job: string): Promise<readonly Metadata[]>;
  /** The series of the last ten minutes: what was there before may be another configuration's. */
  series(job: string): Promise<readonly SeriesLabels[]>;
}

/**
 * The API of a Prometheus.
 *
 * @param get - the text that a GET of `/api/v1/<path>` answers.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export function catalogueApi(get: (path: string) => Promise<string>): CatalogueApi {
  const data = async <T>(path: string): Promise<T> => {
    const text = await get(path);
    try {
      return (JSON.parse(text) as { data: T }).data;
    } catch {
      throw new Failure(`what answers is no Prometheus: ${text.slice(0, 80)}`, "name one: --url http://localhost:9090");
    }
  };
  return {
    async jobs() {
      const { result } = await data<{ result: { metric: { job: string } }[] }>(
        `query?query=${encodeURIComponent("count by (job) (up == 1)")}`,
      );
      return result.map(({ metric }) => metric.job).sort();
    },
    metadata: (job) => data(`targets/metadata?match_target=${selecting(job)}`),
    series: (job) => {
      const start = Math.floor(Date.now() / 1000) - 600;
      return data(`series?start=${start}&match[]=${selecting(job)}`);
    },
  };
}

function selecting(job: string): string {
  return encodeURIComponent(`{job="${job}"}`);
}

/** A Prometheus in a cluster, by way of the API server, so that nothing of it needs to be reachable from here. */
export function inCluster(kubectl: Kubectl, namespace: string, service: string): CatalogueApi {
  return catalogueApi((path) =>
    kubectl.raw(`/api/v1/namespaces/${namespace}/services/${service}/proxy/api/v1/${path}`),
  );
}

/** A Prometheus that answers here, such as one that `kubectl port-forward` brought. */
export function atAddress(address: string): CatalogueApi {
  return catalogueApi(async (path) => {
    const url = `${address.replace(/\/$/, "")}/api/v1/${path}`;
    const response = await fetch(url).catch((error: Error) => {
      throw new Failure(
        `${address} does not answer: ${error.message}`,
        "name a Prometheus: --url http://localhost:9090",
      );
    });
    if (!response.ok) throw new Failure(`${url} answers ${response.status} ${response.statusText}`);
    return await response.text();
  });
}
