import type { Settings } from "../settings.js";
import { paths } from "./paths.js";
import type { PrometheusConfig } from "./types.js";

/** prometheus.yml. Jobs are in files of their own, so that an overlay adds or replaces one without touching the rest. */
export function config({ scrapeInterval, scrapeTimeout, evaluationInterval }: Settings): PrometheusConfig {
  return {
    global: {
      scrape_interval: scrapeInterval,
      scrape_timeout: scrapeTimeout,
      evaluation_interval: evaluationInterval,
      // Prometheus fills these in from its environment, which an overlay patches by name.
      external_labels: { cluster: "${CLUSTER}", replica: "${REPLICA}" },
    },
    rule_files: [`${paths.rules}/*.yml`],
    scrape_config_files: [`${paths.scrape}/*.yml`],
  };
}
