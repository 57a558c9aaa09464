import type { Settings } from "../../generators/settings/index.js";
import { milliseconds } from "../duration.js";
import { targetLabels } from "../promql/target-labels.js";
import { type View, viewOf } from "../promql/view.js";
import type { RuleFile } from "../rule-file.js";
import type { ScrapeJob } from "../scrape-job.js";
import { withConditional } from "./conditional.js";
import type { JobCatalogue } from "./types.js";

/**
 * What expressions may read when these jobs are on: what was recorded of them, what is declared beside it, and what the
 * rules record.
 *
 * @param catalogues - the recording of every job, also of those that are off.
 */
export function catalogueView(
  settings: Settings,
  jobs: readonly ScrapeJob[],
  ruleFiles: readonly RuleFile[],
  catalogues: ReadonlyMap<string, JobCatalogue>,
): View {
  const on = jobs.map(({ config }) => ({
    job: config.job_name,
    on: true,
    targetLabels: targetLabels(config),
    intervalMs: milliseconds(config.scrape_interval ?? settings.scrapeInterval),
    metrics: withConditional(config.job_name, catalogues.get(config.job_name) ?? {}),
  }));
  const off = [...catalogues.keys()]
    .filter((job) => !on.some((other) => other.job === job))
    .map((job) => ({
      job,
      on: false,
      targetLabels: ["instance", "job"],
      intervalMs: milliseconds(settings.scrapeInterval),
      metrics: withConditional(job, catalogues.get(job) ?? {}),
    }));
  return viewOf([...on, ...off], ruleFiles, milliseconds(settings.evaluationInterval));
}
