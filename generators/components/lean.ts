import type { IDaemonSet } from "kubernetes-models/apps/v1/DaemonSet";
import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IClusterRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole";
import { withConditional } from "../../metrics/catalogue/conditional.js";
import { catalogues } from "../../metrics/catalogue/index.js";
import { type KeepList, keeping, keepLists, type Read } from "../../metrics/keep-list.js";
import { windows } from "../../metrics/promql/windows.js";
import type { RelabelConfig } from "../../metrics/scrape-job.js";
import { dataSources } from "../grafana/config.js";
import { configMap as grafanaConfigMap } from "../grafana/pod.js";
import { allowlistVariable, clusterRole, kubeStateMetricsArguments } from "../kube-state-metrics/index.js";
import { resourcesFlag, resourcesOf, rules } from "../kube-state-metrics/resources.js";
import { reads } from "../lean/reads.js";
import type { Component, Rewrite } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { merging } from "../lib/patch.js";
import { collectors } from "../node-exporter/collectors.js";
import { nodeExporterArguments } from "../node-exporter/index.js";
import { configMaps } from "../prometheus/pod.js";
import { allJobs } from "../prometheus/scrape/applications.js";
import { k3sJobs } from "../prometheus/scrape/k3s.js";
import { milliseconds, type Settings } from "../settings/index.js";

const name = "lean";
const source = "generators/components/lean.ts";
const k3s = "platform-k3s";

/**
 * Keeps of each of the bundle's jobs what somebody reads, and has the exporters give no more where they can. A job of which
 * nobody reads anything is left alone: whoever switches it on wants to look at it by hand.
 */
export function lean(settings: Settings): Component {
  const all = reads(settings);
  const lists = keepListsOf(settings, all);
  const read = all.flatMap(({ expr }) => windows(expr));
  const slower = [...lists.keys()].filter((job) => isSlow(job, lists.get(job) ?? new Map(), read, settings));
  const ofK3s = k3sJobs(settings).map(({ config }) => config.job_name);
  const watched = resourcesOf(namesOf(lists, "kube-state-metrics"));
  const { namespace } = settings;
  return {
    name,
    source,
    about: "Keeps of each job what some rule, dashboard or setting reads, and scrapes less often.",
    rewrites: [
      ...[...lists].flatMap(([job, list]) =>
        fragments(job, list, slower.includes(job) ? settings.lean.scrapeInterval : undefined, ofK3s.includes(job)),
      ),
      ...(slower.length > 0 ? [slowerDataSource(settings)] : []),
    ],
    patches: [
      // An exporter whose job is off gets no patch.
      ...(lists.has("kube-state-metrics")
        ? [
            merging<IDeployment>(
              "kube-state-metrics",
              {
                apiVersion: "apps/v1",
                kind: "Deployment",
                metadata: { name: "kube-state-metrics", namespace },
                spec: {
                  template: {
                    spec: {
                      containers: [
                        {
                          name: "kube-state-metrics",
                          args: kubeStateMetricsArguments(resourcesFlag(watched)),
                          env: [{ name: allowlistVariable, value: allowlist(lists) }],
                        },
                      ],
                    },
                  },
                },
              },
              { kind: "Deployment|StatefulSet", name: "kube-state-metrics" },
            ),
            merging<IClusterRole>(
              "kube-state-metrics-permissions",
              {
                apiVersion: "rbac.authorization.k8s.io/v1",
                kind: "ClusterRole",
                metadata: { name: clusterRole },
                rules: rules(watched),
              },
              { kind: "ClusterRole", name: clusterRole },
            ),
          ]
        : []),
      ...(lists.has("node-exporter")
        ? [
            merging<IDaemonSet>(
              "node-exporter",
              {
                apiVersion: "apps/v1",
                kind: "DaemonSet",
                metadata: { name: "node-exporter", namespace },
                spec: {
                  template: {
                    spec: {
                      containers: [
                        {
                          name: "node-exporter",
                          args: [
                            ...nodeExporterArguments(settings),
                            ...unread(namesOf(lists, "node-exporter")).map(
                              (collector) => `--no-collector.${collector}`,
                            ),
                          ],
                        },
                      ],
                    },
                  },
                },
              },
              { kind: "DaemonSet", name: "node-exporter" },
            ),
          ]
        : []),
    ],
  };
}

/** What is read of each job of the bundle. Jobs that nobody reads are left out. */
export function keepListsOf(settings: Settings, all: readonly Read[] = reads(settings)): ReadonlyMap<string, KeepList> {
  const jobs = allJobs(settings)
    // What a user's own pods expose is theirs to say.
    .filter(({ expects }) => expects.every !== "annotated")
    .map(({ config }) => config.job_name)
    .map((job) => ({ job, metrics: withConditional(job, catalogues.get(job) ?? {}) }));
  return new Map([...keepLists(jobs, all)].filter(([, list]) => list.size > 0));
}

function namesOf(lists: ReadonlyMap<string, KeepList>, job: string): string[] {
  return [...(lists.get(job)?.keys() ?? [])];
}

/** Whether a job has no interval of its own, and everybody who reads it looks back over four of the longer one. */
function isSlow(
  job: string,
  list: KeepList,
  read: ReturnType<typeof windows>,
  { scrape, jobs, lean }: Settings,
): boolean {
  if (jobs[job as keyof typeof jobs]?.scrapeInterval !== undefined) return false;
  if (milliseconds(lean.scrapeInterval) <= milliseconds(scrape.interval)) return false;
  const least = 4 * milliseconds(lean.scrapeInterval);
  return read.every(({ selector: { metric = "", matchers }, milliseconds }) => {
    const others = matchers.some(({ label, operator, value }) => label === "job" && operator === "=" && value !== job);
    return milliseconds >= least || others || !list.has(metric);
  });
}

/** What goes behind a job's file. On k3s it has steps already, which these follow. */
function fragments(job: string, list: KeepList, interval: string | undefined, onK3s: boolean): Rewrite[] {
  const steps = keeping(list).map(explained);
  const behind = (folder: string, content: unknown, indent: number, writer?: Rewrite["writer"]): Rewrite => ({
    map: configMaps.scrape,
    file: `${job}.yml`,
    place: "behind",
    text: { name: `${folder}/${job}.yml`, source, content, indent },
    ...(writer && { writer }),
  });
  const timing = interval === undefined ? {} : { scrape_interval: interval };
  const whole = (writer?: Rewrite["writer"]) =>
    behind("scrape", { ...timing, metric_relabel_configs: steps }, 4, writer);
  if (!onK3s) return [whole()];
  return [
    whole({ isNot: [k3s] }),
    behind("scrape-k3s", steps, 6, { is: k3s }),
    ...(interval === undefined ? [] : [behind("interval-k3s", timing, 4, { is: k3s })]),
  ];
}

/** A step of relabelling with what it is for. */
function explained(step: RelabelConfig): RelabelConfig {
  if ("target_label" in step) {
    const [, ...labels] = "source_labels" in step ? step.source_labels : [];
    return because(step, labels.length === 0 ? "Read whole." : `Read in part, by ${labels.join(" and ")}.`);
  }
  return step.action === "keep" ? because(step, "Nobody reads the rest.") : step;
}

/** What kube-state-metrics gives, a pattern a line: it searches names for each, and takes the space around it away. */
function allowlist(lists: ReadonlyMap<string, KeepList>): string {
  return namesOf(lists, "kube-state-metrics")
    .map((name) => `^${name}$`)
    .join(",\n");
}

/** Grafana works out from the interval over how long a rate must look back. */
function slowerDataSource(settings: Settings): Rewrite {
  const text = dataSources({ ...settings, scrape: { ...settings.scrape, interval: settings.lean.scrapeInterval } });
  return { map: grafanaConfigMap, file: text.name, place: "instead", text };
}

/** The collectors of node-exporter that give nothing of these names. */
function unread(names: readonly string[]): string[] {
  return Object.keys(collectors).filter((collector) => !names.some((name) => collectors[collector]?.test(name)));
}
