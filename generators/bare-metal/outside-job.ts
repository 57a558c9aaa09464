import type { Expectation, KubernetesSdConfig, ScrapeConfig, ScrapeJob } from "../../metrics/scrape-job.js";
import type { Settings } from "../settings/index.js";

/** How a Prometheus outside of the cluster reaches what it scrapes. */
export interface Reach {
  /** The API server as the machine outside reaches it, such as `https://10.0.0.10:6443`. */
  readonly apiServer: string;
  /** Where Prometheus itself listens on that machine. */
  readonly port: number;
}

/** A target that its job names by its address. */
interface FixedTarget {
  readonly every: "fixed";
  /** `host:port` */
  readonly at: string;
  /** What is there, as messages call it. */
  readonly owner: string;
}

/** A scrape job of a Prometheus outside of the cluster. */
export interface OutsideJob extends Omit<ScrapeJob, "expects"> {
  readonly expects: Expectation | FixedTarget;
}

/** Paths of the folder's files as its scrape files write them. Scrape files are one folder deeper. */
const token = { credentials_file: "../token" } as const;
const ca = { ca_file: "../ca.crt" } as const;

/** Services of the cluster whose pods the machine outside does not reach, and the API server's proxy does. */
const proxied: readonly string[] = ["kube-state-metrics"];

/**
 * A job of the Prometheus in the cluster as one outside of it does the same: what is at a node's address or is an API
 * server stays as it is found and scraped, with credentials from files; what only a pod's address has goes through the
 * API server's proxy; Prometheus itself is beside itself.
 *
 * @returns undefined for a job that makes no sense outside, or cannot be reached from there.
 */
export function outsideJob(job: ScrapeJob, { namespace }: Settings, reach: Reach): OutsideJob | undefined {
  const { config, expects } = job;
  if (expects.every === "node") return { ...job, config: fromOutside(config, reach) };
  if (expects.every !== "endpoint") return undefined;
  if (expects.in === "default") return { ...job, config: fromOutside(config, reach) };
  if (expects.of === "prometheus") {
    const at = `localhost:${reach.port}`;
    const { kubernetes_sd_configs, relabel_configs, basic_auth, ...rest } = config;
    return {
      ...job,
      expects: { every: "fixed", at, owner: "Prometheus itself" },
      config: { ...rest, static_configs: [{ targets: [at] }] },
    };
  }
  return proxied.includes(expects.of) ? throughProxy(job, expects, namespace, reach) : undefined;
}

function fromOutside(config: ScrapeConfig, { apiServer }: Reach): ScrapeConfig {
  const { authorization, tls_config, kubernetes_sd_configs = [], ...rest } = config;
  return {
    ...rest,
    // Discovery and scrape do not share token and CA, so each has its own.
    ...(authorization && { authorization: token }),
    ...(tls_config && { tls_config: "ca_file" in tls_config ? ca : tls_config }),
    kubernetes_sd_configs: kubernetes_sd_configs.map(
      (discovery): KubernetesSdConfig => ({
        ...discovery,
        api_server: apiServer,
        authorization: token,
        tls_config: ca,
      }),
    ),
  };
}

function throughProxy(
  job: ScrapeJob,
  { of, port }: Extract<Expectation, { every: "endpoint" }>,
  namespace: string,
  { apiServer }: Reach,
): OutsideJob {
  const { kubernetes_sd_configs, relabel_configs, metrics_path = "/metrics", ...rest } = job.config;
  const { hostname, port: apiPort, pathname } = new URL(apiServer);
  const at = `${hostname}:${apiPort || 443}`;
  const service = `${pathname.replace(/\/$/, "")}/api/v1/namespaces/${namespace}/services/http:${of}:${port}`;
  return {
    ...job,
    expects: { every: "fixed", at, owner: `Service ${of} behind the API server` },
    config: {
      ...rest,
      scheme: "https",
      metrics_path: `${service}/proxy${metrics_path}`,
      authorization: token,
      tls_config: ca,
      // By its address it would be the API server.
      static_configs: [{ targets: [at], labels: { instance: `${of}:${port}` } }],
    },
  };
}
