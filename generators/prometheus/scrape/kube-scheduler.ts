import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";
import { everyControlPlane, members, onControlPlane } from "./control-plane.js";
import { controlPlaneTls, whyControlPlaneTls } from "./control-plane-tls.js";
import { guards } from "./guards.js";
import { serviceAccountToken } from "./service-account.js";

/** Source: the table of ports on https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
const port = 10259;

/** Every scheduler, at `<node address>:10259`. It asks the API server whether the token may read its metrics. */
export function kubeScheduler(tls: "verified" | "insecure" = "verified"): ScrapeJob {
  return {
    about: "The scheduler on every node of the control plane.",
    source: "generators/prometheus/scrape/kube-scheduler.ts",
    expects: everyControlPlane(port),
    config: because(
      {
        job_name: "kube-scheduler",
        scheme: "https",
        authorization: serviceAccountToken,
        tls_config: controlPlaneTls(tls),
        kubernetes_sd_configs: [{ role: "node" }],
        relabel_configs: onControlPlane(port),
        ...guards({ targets: members, samples: 10_000, bytesPerSample: 160 }),
      },
      whyControlPlaneTls(tls),
    ),
  };
}
