import type { ScrapeConfig } from "../../../metrics/scrape-job.js";
import { clusterCa } from "../../lib/service-account.js";
import type { Settings } from "../../settings/index.js";

/**
 * How the kubelet's serving certificate is checked. A kubelet without `serverTLSBootstrap` signs its own, which nobody
 * can verify: `components/insecure-kubelet-tls` is for those.
 */
export function kubeletTls(settings: Settings): NonNullable<ScrapeConfig["tls_config"]> {
  return settings.scrape.kubeletTls === "verified" ? clusterCa : { insecure_skip_verify: true };
}

/** Why {@link kubeletTls} is as it is. */
export function whyKubeletTls(settings: Settings): { readonly tls_config?: string } {
  return settings.scrape.kubeletTls === "verified"
    ? {
        tls_config:
          "The kubelet has to have a certificate of the cluster's CA (serverTLSBootstrap). For one that signs its own there is components/insecure-kubelet-tls.",
      }
    : {
        tls_config:
          "For kubelets that sign their own certificate, which nobody can verify: whoever is on the way may answer in their place.",
      };
}
