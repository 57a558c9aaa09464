import type { TlsConfig } from "../../../metrics/scrape-job.js";
import { clusterCa } from "./service-account.js";

/**
 * How the certificates of the scheduler and of the controller manager are checked. Without `--tls-cert-file` each signs
 * its own when it starts, which nobody can verify: `components/insecure-control-plane-tls` is for those.
 */
export function controlPlaneTls(tls: "verified" | "insecure"): TlsConfig {
  return tls === "verified" ? clusterCa : { insecure_skip_verify: true };
}
