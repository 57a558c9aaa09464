import type { Settings } from "../../../../generators/settings/index.js";
import { catalogues } from "../../../../metrics/catalogue/index.js";
import type { HistogramForm } from "../../../../metrics/promql/histogram.js";
import { remembered } from "../../../../metrics/remembered.js";
import type { RuleFile } from "../../../../metrics/rule-file.js";
import type { ScrapeJob } from "../../../../metrics/scrape-job.js";
import { catalogueView } from "../../../../metrics/view.js";
import type { Finding } from "../check.js";

/** What the generators give for one set of settings, with histograms in one form. */
export interface Rules {
  readonly settings: Settings;
  readonly form: HistogramForm;
  /** Those that are on by default, and those that a Component switches on. */
  readonly jobs: readonly ScrapeJob[];
  /** Those that read these jobs. */
  readonly on: readonly RuleFile[];
  /** Those of jobs, too, that nothing switches on yet. */
  readonly all: readonly RuleFile[];
}

/** What the expressions of these rules may read. */
export const viewOf = remembered(({ settings, jobs, on }: Rules) => catalogueView(settings, jobs, on, catalogues));

/** One question that is asked of the rules, once: no overlay changes them. */
export interface RuleCheck {
  /** As the table of `npm run build` shows it. */
  readonly name: string;
  run(rules: Rules): Promise<readonly Finding[]>;
}
