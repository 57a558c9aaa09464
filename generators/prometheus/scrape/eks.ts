import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { clusterCa, serviceAccountToken } from "../../lib/service-account.js";
import { guards } from "./guards.js";

/** The API server by the name that its certificate has in every cluster. */
const apiServer = "kubernetes.default.svc:443";

/**
 * Scheduler and controller manager of EKS, whose metrics an aggregated API serves: whichever API server is asked, the
 * answer is the same, so that there is one target.
 *
 * Source: https://docs.aws.amazon.com/eks/latest/userguide/view-raw-metrics.html
 */
export function eksControlPlane(): readonly [scheduler: ScrapeJob, controllerManager: ScrapeJob] {
  return [job("kube-scheduler", "ksh", 10_000), job("kube-controller-manager", "kcm", 20_000)];
}

function job(job_name: string, part: "ksh" | "kcm", samples: number): ScrapeJob {
  return {
    about:
      "A part of the control plane of EKS. An aggregated API serves it: whichever API server is asked, the answer is the same.",
    source: "generators/prometheus/scrape/eks.ts",
    expects: { every: "address", address: apiServer, of: "api servers" },
    config: {
      job_name,
      scheme: "https",
      metrics_path: `/apis/metrics.eks.amazonaws.com/v1/${part}/container/metrics`,
      authorization: serviceAccountToken,
      tls_config: clusterCa,
      static_configs: [{ targets: [apiServer] }],
      ...guards({ targets: 1, samples, bytesPerSample: 160 }),
    },
  };
}
