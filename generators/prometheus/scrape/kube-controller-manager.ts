import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";
import { everyControlPlane, members, onControlPlane } from "./control-plane.js";
import { controlPlaneTls, whyControlPlaneTls } from "./control-plane-tls.js";
import { guards } from "./guards.js";
import { serviceAccountToken } from "./service-account.js";

/** Source: the table of ports on https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
const port = 10257;

/** Every controller manager, at `<node address>:10257`. It asks the API server whether the token may read its metrics. */
export function kubeControllerManager(tls: "verified" | "insecure" = "verified"): ScrapeJob {
  return {
    about: "The controller manager on every node of the control plane.",
    source: "generators/prometheus/scrape/kube-controller-manager.ts",
    expects: everyControlPlane(port),
    config: because(
      {
        job_name: "kube-controller-manager",
        scheme: "https",
        authorization: serviceAccountToken,
        tls_config: controlPlaneTls(tls),
        kubernetes_sd_configs: [{ role: "node" }],
        relabel_configs: onControlPlane(port),
        // Each controller has a queue of its own.
        ...guards({ targets: members, samples: 20_000, bytesPerSample: 160 }),
      },
      whyControlPlaneTls(tls),
    ),
  };
}
