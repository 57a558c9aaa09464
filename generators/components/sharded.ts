import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IStatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { type IService, Service } from "kubernetes-models/v1/Service";
import type { IServiceSpec } from "kubernetes-models/v1/ServiceSpec";
import type { RemoteRead, ScrapeConfig } from "../../metrics/scrape-job.js";
import type { Base, Component, ConfigFile, KubernetesObject, Rewrite } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { explained } from "../lib/explained.js";
import { labels, selector } from "../lib/labels.js";
import { merging, type Patch } from "../lib/patch.js";
import { config } from "../prometheus/config.js";
import { configMaps, port, shardLabel } from "../prometheus/pod.js";
import { prometheusItself } from "../prometheus/scrape/prometheus.js";
import { leftToOthers, sharding, sharedBy } from "../prometheus/scrape/sharding.js";
import { priorityClass, replicas } from "../prometheus/stateful-set.js";
import type { Settings } from "../settings/index.js";
import { openings } from "./job.js";
import { moreOfPrometheus, type Place, rewritesAt, type Written, writtenJobs } from "./written-jobs.js";

const name = "sharded";
const source = "generators/components/sharded.ts";

/** ConfigMap with the main configuration of every shard. */
const shardConfig = "prometheus-shard-config";

/** Its own, since prometheus-ha, which brings another, need not be there. */
const priorityClassName = "plain-prometheus-shard";

/** The job that the Prometheus before the shards keeps for itself. */
const own = prometheusItself().config.job_name;

/**
 * Several Prometheus that share the targets among them, and the one that there is without them before: it scrapes the
 * shards, reads their samples and evaluates every rule.
 *
 * @param bases - those whose jobs are shared out, with the files of the user's own
 * @param others - Components that bring or replace jobs
 */
export function sharded(settings: Settings, bases: readonly Base[], others: readonly Component[]): Component {
  const numbers = Array.from({ length: settings.sharding.prometheus }, (_, number) => number);
  const written = writtenJobs(bases, others);
  const { namespace } = settings;
  const { global, alerting, scrape_config_files } = config(settings);
  const { external_labels: _, ...ofEvery } = global;
  return {
    name,
    source,
    about:
      "Shares the targets among several Prometheus; the one in front reads their samples and evaluates every rule.",
    after: ["network-policies", "prometheus-ha", "lean", "native-histograms"],
    excludes: {
      agent: "an agent has no rules to evaluate over shards, and answers nobody",
      "basic-auth": "the shards ask nobody for a password, and the Prometheus in front shows them none",
      "etcd-client-certificate": "the shards have no certificate to show to etcd",
      thanos: "it would keep what rules give, and nothing that shards scrape",
      "remote-write": "it would send what rules give, and nothing that shards scrape",
    },
    objects: [
      priorityClass(priorityClassName, labels("prometheus", "shard")),
      ...numbers.flatMap((number) => objectsOf(settings, number)),
    ],
    configMaps: [
      {
        name: shardConfig,
        namespace,
        labels: labels("prometheus", "shard"),
        folder: "",
        files: [
          {
            name: "prometheus.yml",
            about: "Of every shard. It has no external labels: what reads it would get them as labels of each series.",
            source,
            content: because(
              { global: ofEvery, alerting, scrape_config_files },
              {
                alerting:
                  "A shard has no rules and sends nothing. Without this, PrometheusNotConnectedToAlertmanagers would fire for it.",
              },
            ),
          },
        ],
      },
    ],
    rewrites: [
      ...reading(numbers),
      ...moreOfPrometheus(written, source, numbers.length * settings.prometheus.replicas),
      ...numbers.flatMap((shard) =>
        rewritesAt(written, (one) => placesIn(one, numbers.length, shard), nameOfJobs(shard)),
      ),
    ],
    patches: [
      ...apart(settings),
      ...openings([
        {
          from: { base: "prometheus" },
          to: "name servers",
          ports: [],
          purpose: { caller: "prometheus", callee: "shards" },
        },
      ]),
    ],
  };
}

function nameOf(shard: number): string {
  return `prometheus-shard-${shard}`;
}

function nameOfJobs(shard: number): string {
  return `${configMaps.scrape}-shard-${shard}`;
}

function objectsOf(settings: Settings, shard: number): KubernetesObject[] {
  const { namespace } = settings;
  const common = { ...labels("prometheus", "shard"), [shardLabel]: `${shard}` };
  const matchLabels = { ...selector("prometheus"), [shardLabel]: `${shard}` };
  return [
    new ConfigMap({ metadata: { name: nameOfJobs(shard), namespace, labels: common } }),
    ...replicas(settings, {
      name: nameOf(shard),
      common,
      matchLabels,
      serviceName: nameOf(shard),
      reads: { config: shardConfig, scrape: nameOfJobs(shard) },
      labels: common,
      priorityClassName,
    }),
    explained(Service, {
      metadata: { name: nameOf(shard), namespace, labels: common },
      spec: because<IServiceSpec>(
        {
          selector: matchLabels,
          ports: [{ name: port.name, port: port.number, targetPort: port.name }],
          sessionAffinity: "ClientIP",
        },
        {
          sessionAffinity:
            "Replicas scrape at different times. Whoever reads one goes on with it for as long as it answers.",
        },
      ),
    }),
  ];
}

/** The samples of every shard for the Prometheus in front. */
function reading(shards: readonly number[]): Rewrite[] {
  const content = {
    remote_read: shards.map((shard) =>
      because<RemoteRead>(
        {
          url: `http://${nameOf(shard)}:${port.number}/api/v1/read`,
          name: nameOf(shard),
          remote_timeout: "10s",
          read_recent: true,
          filter_external_labels: false,
        },
        {
          remote_timeout: "A shard that is away must not hold up rules until their next turn.",
          read_recent: "Without this, only what is older than Prometheus' own samples is read.",
          filter_external_labels: "Shards have no external labels to be told from others by.",
        },
      ),
    ),
  };
  return [
    {
      map: configMaps.config,
      file: "prometheus.yml",
      place: "behind",
      text: { name: "remote-read.yml", source, content },
    },
  ];
}

/** Where the jobs of a file begin to relabel, the last first: what is put in moves the lines behind it. */
function placesIn({ file, jobs, text }: Written, shards: number, shard: number): Place[] {
  const lines = text.split("\n");
  const begins = lines.flatMap((line, index) => (/^ {2}- /.test(line) ? [index] : []));
  return jobs
    .map((job, index): Place => {
      const [begin = 0, end] = [begins[index], begins[index + 1]];
      const steps = lines.slice(begin, end).findIndex((line) => /^ {4}relabel_configs:( \[\])?$/.test(line));
      return steps < 0
        ? { line: begin, text: wholeJob(job, `job-${index}-of-${file}`, shards, shard) }
        : { line: begin + steps, text: stepsOf(job, shards, shard) };
    })
    .reverse();
}

/** The steps of a job that has some of its own. */
function stepsOf(job: ScrapeConfig, shards: number, shard: number): ConfigFile {
  if (job.job_name === own) return asked(shard);
  const by = sharedBy(job);
  const content = { relabel_configs: sharding(by, shards, shard) };
  return { name: `shard-${shard}/by-${by}.yml`, source, content, indent: 4 };
}

/** A job without steps of its own begins with its name, which is no name of a file. */
function wholeJob(job: ScrapeConfig, name: string, shards: number, shard: number): ConfigFile {
  const content = [{ job_name: job.job_name, relabel_configs: sharding(sharedBy(job), shards, shard) }];
  return { name: `shard-${shard}/${name}`, source, content, indent: 2 };
}

/** Of Prometheus itself no shard asks any. */
function asked(shard: number): ConfigFile {
  const step = because(
    leftToOthers,
    "The Prometheus before the shards asks them all: a shard that is away cannot tell of itself.",
  );
  return { name: `shard-${shard}/none.yml`, source, content: { relabel_configs: [step] }, indent: 4 };
}

/** The Prometheus before the shards: it has their job alone, and neither it nor what finds it takes their pods for its own. */
function apart({ namespace }: Settings): Patch[] {
  const itself = { matchLabels: labels("prometheus", "server") };
  const serving = { "app.kubernetes.io/component": "server" };
  return [
    merging<IDeployment>(
      "own-job-alone",
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "prometheus", namespace },
        spec: {
          template: {
            spec: {
              volumes: [
                {
                  name: "scrape",
                  configMap: { name: configMaps.scrape, items: [{ key: `${own}.yml`, path: `${own}.yml` }] },
                },
              ],
            },
          },
        },
      },
      { kind: "Deployment|StatefulSet", name: "prometheus" },
    ),
    merging<IStatefulSet>(
      "spread",
      {
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        metadata: { name: "prometheus", namespace },
        spec: {
          template: {
            spec: {
              topologySpreadConstraints: ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map(
                (topologyKey) => ({
                  topologyKey,
                  labelSelector: itself,
                }),
              ),
            },
          },
        },
      },
      { kind: "StatefulSet", name: "prometheus" },
    ),
    merging<IService>(
      "services",
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "prometheus", namespace },
        spec: { selector: serving },
      },
      { kind: "Service", name: "prometheus|prometheus-replicas" },
    ),
    merging<IPodDisruptionBudget>(
      "disruptions",
      {
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: "prometheus", namespace },
        spec: { selector: { matchLabels: serving } },
      },
      { kind: "PodDisruptionBudget", name: "prometheus" },
    ),
  ];
}
