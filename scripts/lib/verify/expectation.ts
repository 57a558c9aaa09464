import { isDeepStrictEqual } from "node:util";
import { etcdWithCertificate } from "../../../generators/components/etcd-client-certificate.js";
import { allJobs } from "../../../generators/prometheus/scrape/applications.js";
import { eksControlPlane } from "../../../generators/prometheus/scrape/eks.js";
import type { Expectation, ScrapeConfig } from "../../../metrics/scrape-job.js";
import type { Bundle } from "../bundle/index.js";
import type { Workload } from "../rendered/workloads.js";
import { projectSettings } from "../settings.js";

/**
 * What a job of an overlay must find, from the generator that wrote it; undefined for one that none wrote. Where several
 * Components have a job of one name, it is the one that looks in the same places.
 *
 * @param workloads what the overlay runs: a setting or a patch may have moved a port of the nodes
 * @param services those of the overlay: Kustomize may have given them other names
 * @param settings those that the bundle was generated for
 */
export function expectationOf(
  config: ScrapeConfig,
  workloads: readonly Workload[] = [],
  services: Bundle["services"] = [],
  settings = projectSettings(),
): Expectation | undefined {
  const known = [...allJobs(settings), etcdWithCertificate(), ...eksControlPlane()];
  const named = known.filter((job) => job.config.job_name === config.job_name);
  const same = named.find((job) => isDeepStrictEqual(places(job.config), places(config)));
  const expects = (same ?? named[0])?.expects;
  if (expects?.every === "endpoint" && expects.in === "own namespace") {
    const those = services.filter(
      ({ metadata, spec }) =>
        metadata.labels?.["app.kubernetes.io/name"] === expects.of &&
        spec?.ports?.some(({ name }) => name === expects.port),
    );
    const service = those.find(({ metadata }) => metadata.name === expects.of) ?? those[0];
    const others = those.filter(({ spec }) => !isDeepStrictEqual(spec?.selector, service?.spec?.selector));
    return {
      ...expects,
      of: service?.metadata.name ?? expects.of,
      ...(others.length > 0 && { besides: others.map(({ metadata }) => metadata.name) }),
    };
  }
  if (expects?.every !== "node" || expects.port === "kubelet") return expects;
  const port = hostPortOf(config.job_name, workloads);
  return port === undefined ? expects : { ...expects, port };
}

/** Where the program that a job is named after listens at its node, as the overlay runs it. */
function hostPortOf(job: string, workloads: readonly Workload[]): number | undefined {
  return workloads
    .filter(({ labels }) => labels["app.kubernetes.io/name"] === job)
    .flatMap(({ containers }) => containers.flatMap(({ ports = [] }) => ports))
    .find(({ hostPort }) => hostPort !== undefined)?.hostPort;
}

/** As data alone: beside a generator's values stand the reasons for them. */
function places({ metrics_path, static_configs, kubernetes_sd_configs, relabel_configs }: ScrapeConfig): unknown {
  return JSON.parse(JSON.stringify({ metrics_path, static_configs, kubernetes_sd_configs, relabel_configs }));
}
