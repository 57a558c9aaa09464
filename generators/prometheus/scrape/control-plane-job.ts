import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";
import { clusterCa, serviceAccountToken } from "../../lib/service-account.js";
import { everyControlPlane, members, onControlPlane } from "./control-plane.js";
import { guards } from "./guards.js";

/**
 * A part of the control plane that serves its metrics by TLS, and asks the API server whether the token may read them.
 * Without `--tls-cert-file` it signs its own certificate when it starts, which nobody can verify:
 * `components/insecure-control-plane-tls` is for those.
 *
 * @param samples - for the limits
 */
export function controlPlaneJob(
  job_name: string,
  { about, source, port, samples }: Pick<ScrapeJob, "about" | "source"> & { port: number; samples: number },
  tls: "verified" | "insecure",
): ScrapeJob {
  return {
    about,
    source,
    expects: everyControlPlane(port),
    config: because(
      {
        job_name,
        scheme: "https",
        authorization: serviceAccountToken,
        tls_config: tls === "verified" ? clusterCa : { insecure_skip_verify: true },
        kubernetes_sd_configs: [{ role: "node" }],
        relabel_configs: onControlPlane(port),
        ...guards({ targets: members, samples, bytesPerSample: 160 }),
      },
      {
        tls_config:
          tls === "verified"
            ? "Needs --tls-cert-file with a certificate of the cluster's CA. For one that signs its own there is components/insecure-control-plane-tls."
            : "For what signs its own certificate, which nobody can verify: whoever is on the way may answer in its place.",
      },
    ),
  };
}
