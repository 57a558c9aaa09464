import type { TlsConfig } from "../../../metrics/scrape-job.js";
import { clusterCa } from "./service-account.js";

/**
 * How the certificates of the scheduler and of the controller manager are checked. Without `--tls-cert-file` each signs
 * its own when it starts, which nobody can verify: `components/insecure-control-plane-tls` is for those.
 */
export function controlPlaneTls(tls: "verified" | "insecure"): TlsConfig {
  return tls === "verified" ? clusterCa : { insecure_skip_verify: true };
}

/** Why {@link controlPlaneTls} is as it is. */
export function whyControlPlaneTls(tls: "verified" | "insecure"): { readonly tls_config: string } {
  return {
    tls_config:
      tls === "verified"
        ? "Needs --tls-cert-file with a certificate of the cluster's CA. For one that signs its own there is components/insecure-control-plane-tls."
        : "For what signs its own certificate, which nobody can verify: whoever is on the way may answer in its place.",
  };
}
