import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import type { IDeploymentSpec } from "kubernetes-models/apps/v1/DeploymentSpec";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { RuleFile } from "../../metrics/rule-file.js";
import type { PrometheusConfig, ScrapeJob } from "../../metrics/scrape-job.js";
import type { Grant } from "../derive/access.js";
import type { Base, ConfigMapFiles } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { explained } from "../lib/explained.js";
import { labels, selector } from "../lib/labels.js";
import type { Settings } from "../settings/index.js";
import { access } from "./access.js";
import { config } from "./config.js";
import { configMaps, pod, port } from "./pod.js";
import { ruleFiles } from "./rules/index.js";
import { withRunbooks } from "./rules/runbook.js";
import { asSet } from "./scrape/as-set.js";
import { reached, scrapeJobs } from "./scrape/index.js";
import { on } from "./scrape/off.js";

const name = "prometheus";

/**
 * The Prometheus server: its configuration, what it may do, and the pod that runs it.
 *
 * @param own what the jobs of the user's own need to be allowed
 */
export function prometheus(settings: Settings, own: readonly Grant[] = []): Base {
  const { namespace } = settings;
  const metadata = { name, namespace, labels: labels(name, "server") };
  const jobs = scrapeJobs(settings);
  return {
    name,
    about: "Prometheus: its configuration, jobs, rules and permissions, and the pod that runs it.",
    source: "generators/prometheus/index.ts",
    callers: { [port.name]: ["admitted"] },
    objects: [
      new ServiceAccount({ metadata, automountServiceAccountToken: false }),
      ...access(reached(settings), namespace, own),
      explained(Deployment, {
        metadata,
        spec: because<IDeploymentSpec>(
          {
            replicas: 1,
            strategy: { type: "Recreate" },
            selector: { matchLabels: selector(name) },
            template: pod(settings, { data: { emptyDir: {} }, replica: { value: "0" } }),
          },
          {
            strategy: "A second Prometheus beside the first could not lock the same data directory.",
            template:
              "Samples are in an emptyDir and live as long as the pod: an overlay that wants to keep them patches in a claim.",
          },
        ),
      }),
      new Service({
        metadata,
        spec: { selector: selector(name), ports: [{ name: port.name, port: port.number, targetPort: port.name }] },
      }),
    ],
    configMaps: [
      configFiles(config(settings), "generators/prometheus/config.ts", namespace),
      scrapeFiles(jobs, settings),
      ruleConfigMap(settings, ruleFiles(settings, jobs.map(nameOf))),
    ],
  };
}

/** The ConfigMap with prometheus.yml. */
export function configFiles(content: PrometheusConfig, source: string, namespace: string): ConfigMapFiles {
  return {
    name: configMaps.config,
    namespace,
    labels: labels(name, "server"),
    folder: "",
    files: [{ name: "prometheus.yml", source, content }],
  };
}

function nameOf({ config }: ScrapeJob): string {
  return config.job_name;
}

/** The ConfigMap of the rules: one file per subject. */
export function ruleConfigMap(settings: Settings, files: readonly RuleFile[]): ConfigMapFiles {
  return {
    name: configMaps.rules,
    namespace: settings.namespace,
    labels: labels(name, "server"),
    folder: "rules",
    files: files.map((file) => ({
      name: `${file.subject}.yml`,
      about: file.about,
      source: file.source,
      content: withRunbooks(file, settings.runbooks),
    })),
  };
}

/** The ConfigMap of the scrape jobs, one file each, named as its job, without those that are off. */
export function scrapeFiles(jobs: readonly ScrapeJob[], settings: Settings): ConfigMapFiles {
  return {
    name: configMaps.scrape,
    namespace: settings.namespace,
    labels: labels(name, "server"),
    folder: "scrape",
    files: on(jobs, settings).map(({ about, config, source }) => ({
      name: `${config.job_name}.yml`,
      about,
      source,
      content: { scrape_configs: [asSet(config, settings)] },
    })),
  };
}
