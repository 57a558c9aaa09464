import type { ScrapeConfig } from "../scrape-job.js";

/** Labels that a job's targets give to every sample: those that are always there, and what relabelling adds. */
export function targetLabels({ relabel_configs = [] }: ScrapeConfig): readonly string[] {
  const added = relabel_configs.flatMap((step) => ("target_label" in step ? [step.target_label] : []));
  return [...new Set(["instance", "job", ...added.filter((label) => !label.startsWith("__"))])].sort();
}
