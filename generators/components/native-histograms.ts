import { isDeepStrictEqual } from "node:util";
import { withConditional } from "../../metrics/catalogue/conditional.js";
import { catalogues } from "../../metrics/catalogue/index.js";
import type { HistogramForm } from "../../metrics/promql/histogram.js";
import type { ScrapeJob } from "../../metrics/scrape-job.js";
import { allDashboards, linked } from "../grafana/dashboards/index.js";
import { dashboardFiles } from "../grafana/index.js";
import type { Component, ConfigMapFiles, Rewrite } from "../lib/base-and-component.js";
import { ruleConfigMap } from "../prometheus/index.js";
import { configMaps } from "../prometheus/pod.js";
import { allRuleFiles } from "../prometheus/rules/index.js";
import { scrapeJobs } from "../prometheus/scrape/index.js";
import { everyJob, optionalJobs } from "../prometheus/scrape/optional.js";
import { thanosJobs } from "../prometheus/scrape/thanos.js";
import type { Settings } from "../settings/index.js";

const source = "generators/components/native-histograms.ts";

/** What a job says whose histograms Prometheus keeps as native ones. Since Prometheus 3.8 no flag is needed for it. */
const converting = { convert_classic_histograms_to_nhcb: true } as const;

/** Jobs as the Component has them. */
export function converted(jobs: readonly ScrapeJob[]): readonly ScrapeJob[] {
  return jobs.map((job) => (hasHistograms(job) ? { ...job, config: { ...job.config, ...converting } } : job));
}

function hasHistograms({ config: { job_name } }: ScrapeJob): boolean {
  const metrics = withConditional(job_name, catalogues.get(job_name) ?? {});
  return Object.values(metrics).some(({ type }) => type === "histogram");
}

/**
 * Keeps each histogram of the bundle's jobs in one series in place of one for each bucket. Rules and dashboards that read
 * them come in the native form. Jobs of a user's own, and annotated workloads, stay as they are.
 */
export function nativeHistograms(settings: Settings): Component {
  const jobs = [...everyJob(settings), ...thanosJobs(settings).jobs].filter(hasHistograms);
  const rules = ruleConfigMap(
    settings,
    differing((form) => allRuleFiles(settings, form)),
  );
  return {
    name: "native-histograms",
    source,
    about: "Keeps each histogram in one series, not in one for each bucket; rules and dashboards read it there.",
    // What goes behind a job's file on k3s goes on in its list, which has to be the last there.
    after: ["lean"],
    rewrites: [
      ...jobs.map(({ config }): Rewrite => {
        const file = `${config.job_name}.yml`;
        const text = { name: `scrape/${file}`, source, content: converting, indent: 4 };
        return { map: configMaps.scrape, file, place: "behind", text };
      }),
      ...[rules, ...dashboardsOf(settings)].flatMap(inPlace),
    ],
  };
}

/** The dashboards that read histograms, each with the links that it has where the fewest jobs are on. */
function dashboardsOf(settings: Settings): ConfigMapFiles[] {
  const core = scrapeJobs(settings);
  const sets = [core, ...optionalJobs(settings).map(({ jobs }) => [...core, ...jobs])].map((jobs) =>
    jobs.map(({ config }) => config.job_name),
  );
  const all = allDashboards(settings, "native");
  return differing((form) => allDashboards(settings, form)).map((file) => {
    const on = sets.find((names) => file.jobs.every((job) => names.includes(job))) ?? [];
    const [alone = file] = linked(all, on).filter(({ name }) => name === file.name);
    return dashboardFiles(alone, settings.namespace);
  });
}

/** What is another in the native form, in that form. */
function differing<File>(of: (form: HistogramForm) => readonly File[]): File[] {
  const classic = of("classic");
  return of("native").filter((file, index) => !isDeepStrictEqual(file, classic[index]));
}

function inPlace({ name, folder, files }: ConfigMapFiles): Rewrite[] {
  return files.map((file) => ({
    map: name,
    file: file.name,
    place: "instead",
    text: { ...file, name: `${folder}/${file.name}` },
  }));
}
