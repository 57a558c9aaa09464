import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import type { Settings } from "../../settings/index.js";

/** Why jobs are off, by their names. */
export function jobsOff({ jobs }: Pick<Settings, "jobs">): ReadonlyMap<string, string> {
  return new Map(Object.entries(jobs).flatMap(([name, { off }]) => (off === undefined ? [] : [[name, off]])));
}

/** Jobs without those that the setting `jobs` has off. */
export function on<Job extends Pick<ScrapeJob, "config">>(
  jobs: readonly Job[],
  settings: Pick<Settings, "jobs">,
): readonly Job[] {
  const off = jobsOff(settings);
  return off.size === 0 ? jobs : jobs.filter(({ config }) => !off.has(config.job_name));
}

/** The settings as if no job were off: what there would be. */
export function withAllJobs(settings: Settings): Settings {
  const jobs = Object.entries(settings.jobs).filter(([, { off }]) => off === undefined);
  return { ...settings, jobs: Object.fromEntries(jobs) };
}
