import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";
import { serviceAccountToken } from "../../lib/service-account.js";
import type { Settings } from "../../settings/index.js";
import { guards } from "./guards.js";
import { kubeletTls, whyKubeletTls } from "./kubelet-tls.js";
import { machines } from "./machines.js";

/** Metrics of every container, which the kubelet serves at a path of its own. */
export function cadvisor(settings: Settings): ScrapeJob {
  return {
    about: "Metrics of every container, which the kubelet serves at a path of its own.",
    source: "generators/prometheus/scrape/cadvisor.ts",
    expects: { every: "node", port: "kubelet" },
    config: because(
      {
        job_name: "cadvisor",
        scheme: "https",
        metrics_path: "/metrics/cadvisor",
        track_timestamps_staleness: true,
        authorization: serviceAccountToken,
        tls_config: kubeletTls(settings),
        kubernetes_sd_configs: [{ role: "node" }],
        relabel_configs: machines,
        // About 150 samples were seen for a pod of one container, each with the long name of its image and its cgroup.
        ...guards({
          targets: settings.cluster.maxNodes,
          samples: 2_000 + 300 * settings.cluster.maxPodsPerNode,
          bytesPerSample: 500,
        }),
      },
      {
        track_timestamps_staleness:
          "cAdvisor stamps its samples itself, and such series get no staleness marker: a container that is gone would linger for five minutes.",
        ...whyKubeletTls(settings),
      },
    ),
  };
}
