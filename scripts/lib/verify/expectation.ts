import { isDeepStrictEqual } from "node:util";
import { etcdWithCertificate } from "../../../generators/components/etcd-client-certificate.js";
import { allJobs } from "../../../generators/prometheus/scrape/applications.js";
import { eksControlPlane } from "../../../generators/prometheus/scrape/eks.js";
import type { Expectation, ScrapeConfig } from "../../../generators/prometheus/types.js";
import { defaults } from "../../../generators/settings.js";

const known = [...allJobs(defaults), etcdWithCertificate(), ...eksControlPlane()];

/**
 * What a job of an overlay must find, from the generator that wrote it; undefined for one that none wrote. Where several
 * Components have a job of one name, it is the one that looks in the same places.
 */
export function expectationOf(config: ScrapeConfig): Expectation | undefined {
  const named = known.filter((job) => job.config.job_name === config.job_name);
  const same = named.find((job) => isDeepStrictEqual(places(job.config), places(config)));
  return (same ?? named[0])?.expects;
}

function places({ metrics_path, static_configs, kubernetes_sd_configs, relabel_configs }: ScrapeConfig) {
  return { metrics_path, static_configs, kubernetes_sd_configs, relabel_configs };
}
