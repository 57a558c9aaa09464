import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { controlPlaneJob } from "./control-plane-job.js";

/**
 * Every controller manager, at `<node address>:10257`.
 *
 * Source: the table of ports on https://kubernetes.io/docs/reference/networking/ports-and-protocols/
 */
export function kubeControllerManager(tls: "verified" | "insecure" = "verified"): ScrapeJob {
  const job = {
    about: "The controller manager on every node of the control plane.",
    source: "generators/prometheus/scrape/kube-controller-manager.ts",
    port: 10257,
    // Each controller has a queue of its own.
    samples: 20_000,
  };
  return controlPlaneJob("kube-controller-manager", job, tls);
}
