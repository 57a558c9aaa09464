import type { PrometheusConfig } from "../../metrics/scrape-job.js";
import { type ConfigFile, textOf } from "../lib/base-and-component.js";
import { generatedIni } from "../lib/text.js";
import { config } from "../prometheus/config.js";
import { port } from "../prometheus/pod.js";
import { ruleFiles } from "../prometheus/rules/index.js";
import { withRunbooks } from "../prometheus/rules/runbook.js";
import { asSet } from "../prometheus/scrape/as-set.js";
import { scrapeJobs } from "../prometheus/scrape/index.js";
import type { Settings } from "../settings/index.js";
import { type OutsideJob, outsideJob, type Reach } from "./outside-job.js";
import { unit } from "./unit.js";

/** The API server in base/, where the real one is unknown. By RFC 6761 this host never exists. */
export const nowhere: Reach = { apiServer: "https://api-server.invalid:6443", port: port.number };

/** The jobs of a Prometheus outside of the cluster. */
export function outsideJobs(settings: Settings, reach: Reach = nowhere): readonly OutsideJob[] {
  return scrapeJobs(settings).flatMap((job) => outsideJob(job, settings, reach) ?? []);
}

/**
 * What a Prometheus outside of the cluster reads, by path below its folder: prometheus.yml, a file for each job, the
 * rules whose jobs are there, and the unit that runs it. Beside them it expects `ca.crt` and `token`.
 *
 * @param settings its `namespace` is that of the ServiceAccount and of kube-state-metrics, its `cluster` an external label
 */
export function outside(settings: Settings, reach: Reach = nowhere): ReadonlyMap<string, string> {
  const jobs = outsideJobs(settings, reach);
  const rules = ruleFiles(
    settings,
    jobs.map(({ config }) => config.job_name),
  );
  const files: readonly ConfigFile[] = [
    { name: "prometheus.yml", source, content: configOutside(settings) },
    ...jobs.map(({ about, config, source }) => ({
      name: `scrape/${config.job_name}.yml`,
      about,
      source,
      content: { scrape_configs: [asSet(config, settings)] },
    })),
    ...rules.map((file) => ({
      name: `rules/${file.subject}.yml`,
      about: file.about,
      source: file.source,
      content: withRunbooks(file, settings.runbooks),
    })),
  ];
  return new Map([
    ...files.map((file): [string, string] => [file.name, textOf(file)]),
    ["prometheus-outside.service", generatedIni("generators/bare-metal/unit.ts", unit(settings, reach.port))],
  ]);
}

const source = "generators/bare-metal/outside.ts";

function configOutside(settings: Settings): PrometheusConfig {
  return {
    // Outside there is no pod that fills in variables, and the cluster's Alertmanager is out of reach.
    global: {
      ...config(settings).global,
      external_labels: { ...settings.prometheus.externalLabels, cluster: settings.cluster.name },
    },
    // From the folder of this file on, wherever it is.
    rule_files: ["rules/*.yml"],
    scrape_config_files: ["scrape/*.yml"],
  };
}
