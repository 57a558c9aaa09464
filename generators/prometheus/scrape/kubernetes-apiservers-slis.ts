import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { mostReplicas } from "../../settings/forms.js";
import { guards } from "./guards.js";
import { kubernetesApiservers } from "./kubernetes-apiservers.js";

/** How the API servers' own health checks went, one series for each check, which they serve at a path of its own. */
export function kubernetesApiserversSlis(): ScrapeJob {
  const { config, expects } = kubernetesApiservers();
  return {
    about: "How the API servers' own health checks went.",
    source: "generators/prometheus/scrape/kubernetes-apiservers-slis.ts",
    expects,
    config: {
      ...config,
      job_name: "kubernetes-apiservers-slis",
      metrics_path: "/metrics/slis",
      ...guards({ targets: mostReplicas, samples: 2_000, bytesPerSample: 160 }),
    },
  };
}
