import type { RelabelConfig, ScrapeJob } from "../../../metrics/scrape-job.js";
import type { Settings } from "../../settings/index.js";
import { kubelet } from "./kubelet.js";
import { kubernetesApiservers } from "./kubernetes-apiservers.js";
import { on } from "./off.js";

/*
 * Names of what the control plane alone exposes, and of what the parts on every node do. What belongs to a program as a
 * whole (`go_`, `process_`, `rest_client_`, `workqueue_` ...) is in neither: it is true of both.
 */

const ofControlPlane = [
  ...["aggregator", "apiextensions", "apiserver", "authenticated_user", "authentication", "authorization"],
  ...["clustertrustbundle", "cronjob", "daemonset", "device_taint", "endpoint_slice", "ephemeral_volume", "etcd"],
  ...["field_validation", "garbagecollector", "grpc", "horizontal_pod_autoscaler", "informer", "job", "kube_apiserver"],
  ...[
    "leader_election",
    "node",
    "pod_gc",
    "pod_security",
    "pod_scheduling",
    "pv_collector",
    "replicaset",
    "resourceclaim",
  ],
  ...["retroactive_storageclass", "root_ca_cert", "scheduler", "serviceaccount", "statefulset", "taint", "ttl_after"],
  ...["version", "watch_cache"],
];

const ofNodes = ["dra", "force_cleaned", "kubelet", "kubeproxy", "reconstruct_volume", "storage_operation", "volume"];

/**
 * The jobs `kubelet` and `kubernetes-apiservers` for k3s. There one program is all of them, with one registry of metrics:
 * a server answers at either port with what API server, scheduler, controller manager, kubelet and kube-proxy have. So
 * each job drops what the other one keeps.
 *
 * Source: https://docs.k3s.io/reference/metrics
 */
export function k3sJobs(settings: Settings): readonly ScrapeJob[] {
  const [ofKubelet, ofApiservers] = [kubelet(settings), kubernetesApiservers()];
  const { body_size_limit } = ofApiservers.config;
  const source = "generators/prometheus/scrape/k3s.ts";
  const jobs: readonly ScrapeJob[] = [
    {
      ...ofKubelet,
      source,
      config: {
        ...ofKubelet.config,
        metric_relabel_configs: [dropped(ofControlPlane)],
        // The limit of samples is about what is left. This one is about what comes, which is all of it.
        ...(body_size_limit && { body_size_limit }),
      },
    },
    { ...ofApiservers, source, config: { ...ofApiservers.config, metric_relabel_configs: [dropped(ofNodes)] } },
  ];
  return on(jobs, settings);
}

function dropped(prefixes: readonly string[]): RelabelConfig {
  return { action: "drop", source_labels: ["__name__"], regex: `(${prefixes.join("|")})_.+` };
}
