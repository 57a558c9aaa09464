import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { controlPlaneJob } from "./control-plane-job.js";

/**
 * Every scheduler, at `<node address>:10259`.
 *
 * Source: the table of ports on https://kubernetes.io/docs/reference/networking/ports-and-protocols/
 */
export function kubeScheduler(tls: "verified" | "insecure" = "verified"): ScrapeJob {
  const job = {
    about: "The scheduler on every node of the control plane.",
    source: "generators/prometheus/scrape/kube-scheduler.ts",
    port: 10259,
    samples: 10_000,
  };
  return controlPlaneJob("kube-scheduler", job, tls);
}
