import { parse } from "yaml";
import { sharding, sharedBy } from "../../../generators/prometheus/scrape/sharding.js";
import { configured } from "../../../scripts/lib/cost/replay/config.js";
import { Failure } from "../../../scripts/lib/failure.js";
import { ofKind, type Rendered } from "../../../scripts/lib/rendered/objects.js";
import { type ClientConfig, prometheusesOf } from "../../../scripts/lib/rendered/prometheus.js";
import { environmentOf, expand } from "../../../scripts/lib/rendered/variables.js";
import { peerJobs } from "../bench-cost/kube-prometheus.js";
import { jobsOfNodes } from "./jobs-of-nodes.js";

/** How a Prometheus on this machine reaches the targets of the simulated cluster. */
export interface Reach {
  readonly kubeconfig: string;
  readonly tokenFile: string;
  readonly nodeExporterPort: number;
  /** `127.0.0.1:PORT` of the kube-state-metrics with the arguments of a stack, and of its own metrics. */
  readonly kubeStateMetrics: Readonly<Record<"kube-state-metrics" | "kube-state-metrics-telemetry", string>>;
}

/** One Prometheus: its configuration without rules, and its rules. */
export interface Contestant {
  readonly config: { readonly global?: object; readonly scrape_configs: readonly object[] };
  readonly groups: readonly unknown[];
}

/** The Prometheus of a stack of ours, or one of its shards; all targets are discovered as in a cluster. */
export function ours(rendered: Rendered, reach: Reach, shards = 1, shard = 0): Contestant {
  const { global, jobs } = configured(rendered);
  const texts = prometheusesOf(rendered)[0]?.rules ?? [];
  return {
    config: { global, scrape_configs: jobs.flatMap((job) => reaching(job, reach, shards, shard)) },
    groups: texts.flatMap(({ text }) => (parse(text) as { groups?: unknown[] } | null)?.groups ?? []),
  };
}

/** What kube-prometheus scrapes of the same targets, how often, and what it drops; without rules. */
export function theirs(rendered: Rendered, reach: Reach): Contestant {
  const { jobs } = configured(rendered);
  return {
    config: {
      global: { scrape_interval: "30s", evaluation_interval: "30s" },
      scrape_configs: peerJobs.flatMap(({ as, interval, honorLabels, honorTimestamps, drops = [] }) =>
        jobs
          .filter(({ job_name }) => job_name === as)
          .flatMap((job) => reaching(job, reach, 1, 0))
          .map((job) => ({
            ...job,
            scrape_interval: interval,
            ...(honorLabels !== undefined && { honor_labels: honorLabels }),
            ...(honorTimestamps !== undefined && { honor_timestamps: honorTimestamps }),
            metric_relabel_configs: drops,
          })),
      ),
    },
    groups: [],
  };
}

/** The job with its targets here; empty where nothing here answers it. */
function reaching(job: ClientConfig, reach: Reach, shards: number, shard: number): object[] {
  const name = job.job_name ?? "";
  const steps = shards === 1 ? [] : sharding(sharedBy(job as Parameters<typeof sharedBy>[0]), shards, shard);
  const secure = {
    ...(job.scheme === "https" && { tls_config: { insecure_skip_verify: true } }),
    ...(job.authorization !== undefined && { authorization: { credentials_file: reach.tokenFile } }),
  };
  // Past 100 nodes the limits of the default settings end a scrape, as they should.
  const unlimited = Object.fromEntries(Object.entries(job).filter(([field]) => !field.endsWith("_limit")));
  if (name in reach.kubeStateMetrics) {
    const { kubernetes_sd_configs: _, ...rest } = unlimited;
    const target = reach.kubeStateMetrics[name as keyof Reach["kubeStateMetrics"]];
    return [{ ...rest, relabel_configs: steps, static_configs: [{ targets: [target] }] }];
  }
  if (!jobsOfNodes.includes(name) && name !== "kubernetes-apiservers") return [];
  const simulated = {
    action: "keep",
    source_labels: ["__meta_kubernetes_node_label_plain_prometheus_simulated"],
    regex: "true",
  };
  const own = JSON.parse(
    JSON.stringify(job.relabel_configs ?? []).replace("$1:9100", `$1:${reach.nodeExporterPort}`),
  ) as object[];
  return [
    {
      ...unlimited,
      ...secure,
      kubernetes_sd_configs: job.kubernetes_sd_configs?.map((one) => ({ ...one, kubeconfig_file: reach.kubeconfig })),
      relabel_configs: [...steps, ...(jobsOfNodes.includes(name) ? [simulated] : []), ...own],
    },
  ];
}

/** The arguments of a stack's kube-state-metrics, without its ports. */
export function kubeStateMetricsOf(rendered: Rendered): readonly string[] {
  const found = ofKind(rendered.objects, "apps/v1/Deployment").find(({ metadata }) =>
    metadata.name.endsWith("kube-state-metrics"),
  );
  const container = found?.spec?.template.spec?.containers[0];
  if (container === undefined) throw new Failure(`${rendered.overlay} has no kube-state-metrics`);
  const environment = environmentOf(container, found?.metadata?.namespace, rendered.objects);
  return (container.args ?? [])
    .map((text) => expand(text, environment).text ?? text)
    .filter((text) => !/^--(telemetry-)?port=/.test(text) && !text.includes("$("));
}
