import { allJobs } from "../../../generators/prometheus/scrape/applications.js";
import type { Settings } from "../../../generators/settings/index.js";
import { targetLabels } from "../../../metrics/promql/target-labels.js";
import type { ScrapeConfig } from "../../../metrics/scrape-job.js";
import { Failure } from "../../../scripts/lib/failure.js";
import type { PrometheusApi } from "../../../scripts/lib/prometheus.js";
import { catalogueText, readCatalogues, writeCatalogue } from "../../../scripts/lib/read-catalogues.js";
import { merged } from "./merge.js";
import { type Metadata, record, type SeriesLabels } from "./record.js";

/** What became of the catalogue of one job. */
export interface Recorded {
  readonly job: string;
  readonly metrics: number;
  /** Names of metrics that were not in it before. */
  readonly added: readonly string[];
  /** Names of metrics that are not in it any more. */
  readonly removed: readonly string[];
  readonly changed: boolean;
}

interface RecordOptions {
  readonly api: PrometheusApi;
  readonly settings: Settings;
  /** The jobs to record; undefined for every one that runs. */
  readonly only: readonly string[] | undefined;
  /** Whether what this recording does not see goes. */
  readonly prune: boolean;
  /** Where the catalogues are, where that is not the project's own folder. */
  readonly folder?: string;
}

/**
 * The scrape configs of the generators, by job, but those of applications, which expose what they like.
 *
 * @throws Failure when one of the jobs that are asked for is not among them.
 */
export function knownJobs(settings: Settings, asked: readonly string[] = []): ReadonlyMap<string, ScrapeConfig> {
  const recorded = allJobs(settings).filter(({ expects }) => expects.every !== "annotated");
  const known = new Map(recorded.map(({ config }) => [config.job_name, config]));
  for (const job of asked) {
    if (!known.has(job)) throw new Failure(`there is no job ${job}`, `jobs are ${[...known.keys()].join(", ")}`);
  }
  return known;
}

/**
 * Records what the targets of a Prometheus expose, job by job, into the catalogues.
 *
 * @throws Failure when a job is not one of the generators', or has no target that is up. Nothing is written then.
 */
export async function recordCatalogues({ api, settings, only, prune, folder }: RecordOptions): Promise<Recorded[]> {
  const known = knownJobs(settings, only);
  const up = await api.instant("count by (job) (up == 1)");
  const running = up.flatMap(({ metric }) => metric.job ?? []).sort();
  for (const job of only ?? []) {
    if (!running.includes(job)) throw new Failure(`no target of job ${job} is up`, "npm run verify says why");
  }
  const jobs = (only ?? running).flatMap((job) => known.get(job) ?? []);
  if (jobs.length === 0) throw new Failure("no target of any job of this project is up", "npm run verify says why");
  const before = await readCatalogues(folder);
  const fresh = await Promise.all(
    jobs.map(async (config) => {
      const job = config.job_name;
      const selector = `{job="${job}"}`;
      // What was there before may be another configuration's.
      const start = `${Math.floor(Date.now() / 1000) - 600}`;
      const [metadata, series] = await Promise.all([
        api.get<readonly Metadata[]>("targets/metadata", { match_target: selector }),
        api.get<readonly SeriesLabels[]>("series", { start, "match[]": selector }),
      ]);
      return { job, now: record(metadata, series, targetLabels(config)) };
    }),
  );
  return await Promise.all(
    fresh.map(async ({ job, now }) => {
      const old = before.get(job) ?? {};
      const result = prune ? now : merged(old, now);
      const changed = catalogueText(old) !== catalogueText(result);
      if (changed) await writeCatalogue(job, result, folder);
      return {
        job,
        metrics: Object.keys(result).length,
        added: Object.keys(result).filter((name) => !(name in old)),
        removed: Object.keys(old).filter((name) => !(name in result)),
        changed,
      };
    }),
  );
}
