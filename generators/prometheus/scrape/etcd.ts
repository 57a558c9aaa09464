import type { ScrapeJob, TlsConfig } from "../../../metrics/scrape-job.js";
import { everyControlPlane, members, onControlPlane } from "./control-plane.js";
import { guards } from "./guards.js";

/** Where etcd serves metrics alone, as `--listen-metrics-urls` of kubeadm and others has it. */
const metricsPort = 2381;

/** Where etcd serves its clients. */
const clientPort = 2379;

/**
 * Every member of etcd beside an API server, at the port that has metrics and nothing else. With a certificate of a
 * client at the port of the clients, which is always open: whoever has that certificate may do anything in etcd.
 */
export function etcd(certificate?: Extract<TlsConfig, { ca_file: string }>): ScrapeJob {
  const port = certificate === undefined ? metricsPort : clientPort;
  return {
    about: "Every member of etcd beside an API server.",
    source: "generators/prometheus/scrape/etcd.ts",
    expects: everyControlPlane(port),
    config: {
      job_name: "etcd",
      ...(certificate && { scheme: "https", tls_config: certificate }),
      kubernetes_sd_configs: [{ role: "node" }],
      relabel_configs: onControlPlane(port),
      ...guards({ targets: members, samples: 10_000, bytesPerSample: 160 }),
    },
  };
}
