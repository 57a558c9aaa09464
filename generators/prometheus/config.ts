import type { AlertmanagerDiscovery, Login, PrometheusConfig } from "../../metrics/scrape-job.js";
import { because } from "../lib/because.js";
import type { Settings } from "../settings/index.js";
import { paths } from "./paths.js";
import { podsBehind } from "./scrape/endpoints-of.js";

/** Where alerts go: to every replica of Alertmanager, as each has to know every alert. */
const alertmanagers: AlertmanagerDiscovery = {
  kubernetes_sd_configs: [{ role: "endpointslice", namespaces: { own_namespace: true } }],
  relabel_configs: podsBehind("alertmanager", "http"),
};

/**
 * prometheus.yml. Jobs are in files of their own, so that an overlay adds or replaces one without touching the rest.
 *
 * @param login where Alertmanager asks for a password
 */
export function config(settings: Settings, login: Login = {}): PrometheusConfig {
  return {
    global: because(
      {
        scrape_interval: settings.scrape.interval,
        scrape_timeout: settings.scrape.timeout,
        evaluation_interval: settings.prometheus.evaluationInterval,
        scrape_protocols: [
          "PrometheusProto",
          "OpenMetricsText1.0.0",
          "OpenMetricsText0.0.1",
          "PrometheusText1.0.0",
          "PrometheusText0.0.4",
        ],
        // Without it nobody knows how many bytes a job transfers. It costs three series for each target.
        extra_scrape_metrics: true,
        // Prometheus fills these in from its environment, which an overlay patches by name.
        external_labels: { ...settings.prometheus.externalLabels, cluster: "${CLUSTER}", replica: "${REPLICA}" },
      },
      {
        scrape_protocols:
          "Protobuf first: who speaks it sends half the bytes. Who does not answers in text, as without this list.",
      },
    ),
    alerting: {
      // Replicas of Prometheus send the same alert. Without the label `replica`, Alertmanager takes it for one.
      alert_relabel_configs: [{ action: "labeldrop", regex: "replica" }],
      alertmanagers: [{ ...login, ...alertmanagers }],
    },
    rule_files: [`${paths.rules}/*.yml`],
    scrape_config_files: [`${paths.scrape}/*.yml`],
  };
}
