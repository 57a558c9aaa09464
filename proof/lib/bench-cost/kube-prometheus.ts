import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { glob } from "zx";
import type { RelabelConfig } from "../../../metrics/scrape-job.js";
import { Failure } from "../../../scripts/lib/failure.js";

/** What kube-prometheus scrapes of targets that a job of ours has too. */
interface PeerJob {
  /** The job of ours with the same targets. */
  readonly as: string;
  readonly interval: string;
  readonly honorLabels?: boolean;
  readonly honorTimestamps?: boolean;
  readonly drops?: readonly RelabelConfig[];
}

function names(...regex: readonly string[]): RelabelConfig {
  return { action: "drop", source_labels: ["__name__"], regex: regex.join("|") };
}

/** Metrics of Kubernetes before 1.19. One of them still exists; the other names match nothing any more. */
const deprecated = names("apiserver_flowcontrol_request_concurrency_(limit|in_use)");

/** Bounds of requests' durations that its rules do not read, written as whole numbers: Prometheus 3 has `3.0`, which stays. */
const unreadBounds: RelabelConfig = {
  action: "drop",
  source_labels: ["__name__", "le"],
  regex:
    "apiserver_request_duration_seconds_bucket;(0.15|0.25|0.3|0.35|0.4|0.45|0.6|0.7|0.8|0.9|1.25|1.5|1.75|2.5|3|3.5|4.5|6|7|8|9|15|25|30|50)",
};

/**
 * Its jobs as its defaults have them, as far as the embedded cluster has their targets: what each scrapes, how often, and what
 * it drops.
 *
 * Source: https://github.com/prometheus-operator/kube-prometheus, `manifests/*-serviceMonitor*.yaml`
 */
export const peerJobs: readonly PeerJob[] = [
  { as: "alertmanager", interval: "30s" },
  { as: "blackbox-exporter", interval: "30s" },
  { as: "coredns", interval: "15s", drops: [names("coredns_cache_misses_total")] },
  {
    as: "kubernetes-apiservers",
    interval: "30s",
    drops: [
      deprecated,
      names("etcd_(debugging|disk|server).*", "apiserver_admission_(controller|step)_admission_latencies_seconds_.*"),
      unreadBounds,
    ],
  },
  { as: "kubernetes-apiservers-slis", interval: "5s", drops: [names("process_start_time_seconds")] },
  {
    as: "kube-controller-manager",
    interval: "30s",
    drops: [deprecated, names("etcd_(debugging|disk|request|server).*")],
  },
  { as: "kube-scheduler", interval: "30s" },
  { as: "kubelet", interval: "30s", honorLabels: true, drops: [deprecated] },
  {
    as: "cadvisor",
    interval: "30s",
    honorLabels: true,
    honorTimestamps: false,
    drops: [
      names("container_(network_(tcp|udp)_usage_total|tasks_state|cpu_load_average_10s)"),
      {
        action: "drop",
        source_labels: ["__name__", "pod", "namespace"],
        regex: "container_(spec_.*|file_descriptors|sockets|threads_max|threads|start_time_seconds|last_seen);;",
      },
      { action: "drop", source_labels: ["__name__", "container"], regex: "container_blkio_device_usage_total;.+" },
    ],
  },
  { as: "kubelet-probes", interval: "30s", honorLabels: true },
  { as: "kubelet-slis", interval: "5s", honorLabels: true, drops: [names("process_start_time_seconds")] },
  { as: "kube-state-metrics", interval: "30s", honorLabels: true },
  { as: "kube-state-metrics-telemetry", interval: "30s" },
  { as: "node-exporter", interval: "15s" },
  { as: "prometheus", interval: "30s" },
];

/** What it has, and the embedded cluster has not. */
export const notHad = [
  "targets of its own: Grafana, the operator, the adapter, two config-reloaders, kube-rbac-proxy",
  "its second Prometheus and two more Alertmanagers",
  "kube-state-metrics as it runs it: the samples are those of ours, which lists fewer kinds of objects",
];

/**
 * The groups of its rules in a checkout.
 *
 * @throws Failure when the folder has none.
 */
export async function peerRules(folder: string): Promise<readonly unknown[]> {
  const manifests = join(folder, "manifests");
  const files = existsSync(manifests) ? await glob("*[pP]rometheusRule.yaml", { cwd: manifests, absolute: true }) : [];
  if (files.length === 0) {
    throw new Failure(`${folder} has no manifests/*prometheusRule.yaml`, "name a checkout of kube-prometheus");
  }
  const documents = await Promise.all(files.map(async (file) => parseAllDocuments(await readFile(file, "utf8"))));
  return documents.flat().flatMap((document) => {
    const { spec } = (document.toJS() ?? {}) as { spec?: { groups?: readonly unknown[] } };
    return spec?.groups ?? [];
  });
}
