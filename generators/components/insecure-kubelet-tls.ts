import type { Feature } from "../lib/component.js";
import { scrapeFiles } from "../prometheus/index.js";
import { scrapeJobs } from "../prometheus/scrape/index.js";
import type { Settings } from "../settings.js";

/**
 * Reads the kubelets without checking their certificate: for clusters whose kubelets sign their own.
 * The files come from the jobs themselves, and only those that differ are replaced.
 */
export function insecureKubeletTls(settings: Settings): Feature {
  const verified = scrapeJobs({ ...settings, kubeletTls: "verified" });
  const insecure = scrapeJobs({ ...settings, kubeletTls: "insecure" });
  const changed = insecure.filter((job, index) => JSON.stringify(job) !== JSON.stringify(verified[index]));
  return {
    name: "insecure-kubelet-tls",
    source: "generators/components/insecure-kubelet-tls.ts",
    replaces: [scrapeFiles(changed, settings.namespace)],
  };
}
