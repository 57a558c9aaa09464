import type { ScrapeConfig } from "../../../metrics/scrape-job.js";
import type { Settings } from "../../settings/index.js";
import { clusterCa } from "./service-account.js";

/**
 * How the kubelet's serving certificate is checked. A kubelet without `serverTLSBootstrap` signs its own, which nobody
 * can verify: `components/insecure-kubelet-tls` is for those.
 */
export function kubeletTls(settings: Settings): NonNullable<ScrapeConfig["tls_config"]> {
  return settings.kubeletTls === "verified" ? clusterCa : { insecure_skip_verify: true };
}
