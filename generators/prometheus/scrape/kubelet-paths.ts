import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import type { Settings } from "../../settings/index.js";
import { guards } from "./guards.js";
import { kubelet } from "./kubelet.js";

/** What the kubelet serves beside its own metrics: the results of probes, the use of resources, and its health. */
export function kubeletPaths(settings: Settings): readonly ScrapeJob[] {
  const { maxNodes, maxPodsPerNode } = settings.cluster;
  const at = (path: string, about: string, samples: number): ScrapeJob => {
    const { config, expects } = kubelet(settings);
    return {
      about,
      source: "generators/prometheus/scrape/kubelet-paths.ts",
      expects,
      config: {
        ...config,
        job_name: `kubelet-${path}`,
        metrics_path: `/metrics/${path}`,
        ...guards({ targets: maxNodes, samples, bytesPerSample: 250 }),
      },
    };
  };
  return [
    // Three probes of a container, each with three results and a histogram of its duration.
    at("probes", "The results of the kubelets' probes.", 1_000 + 60 * maxPodsPerNode),
    at(
      "resource",
      "Processor and memory of nodes, pods and containers, in a few series each.",
      1_000 + 20 * maxPodsPerNode,
    ),
    at("slis", "How the kubelets' own health checks went.", 1_000),
  ];
}
