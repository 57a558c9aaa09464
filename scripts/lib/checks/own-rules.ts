import { distance } from "fastest-levenshtein";
import { allJobs } from "../../../generators/prometheus/scrape/applications.js";
import { catalogues } from "../../../metrics/catalogue/index.js";
import { milliseconds } from "../../../metrics/duration.js";
import { durationText } from "../../../metrics/promql/durations.js";
import { unknown } from "../../../metrics/promql/labels.js";
import { checkRules, checkWorstDays, type RuleFinding } from "../../../metrics/promql/rules.js";
import { selectors } from "../../../metrics/promql/selectors.js";
import type { View } from "../../../metrics/promql/series.js";
import { remembered } from "../../../metrics/remembered.js";
import type { AlertingRule, RuleFile, RuleGroup } from "../../../metrics/rule-file.js";
import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { catalogueView } from "../../../metrics/view.js";
import type { MountedFile } from "../rendered/mounted.js";
import type { Rendered } from "../rendered/objects.js";
import { parsed, prometheusesOf, type RenderedPrometheus } from "../rendered/prometheus.js";
import { correct, sourceOf } from "../rendered/source.js";
import { projectSettings } from "../settings.js";
import type { Check, Finding } from "./check.js";
import { prometheusConfig } from "./prometheus/config.js";

/**
 * Rules of the overlay's own read what is there, as those of the bundle do; and where an overlay scrapes less often than
 * the bundle does, the windows of its rules still hold enough samples.
 */
export const ownRules: Check = {
  name: "own rules",
  after: [prometheusConfig],
  run: async (rendered) => readingsOf(rendered).flatMap(({ findings }) => findings),
  unlooked: async (rendered) =>
    readingsOf(rendered).flatMap(({ unknowns, pitfalls, file }) => [
      ...(unknowns.length === 0
        ? []
        : [`${file} reads ${unknowns.join(", ")}, of which no job's recording in metrics/catalogue/ tells`]),
      ...pitfalls.map((one) => `${file}: whether this may be is yours to judge: ${one}`),
    ]),
};

/** What came of one file of rules. */
interface Reading {
  readonly file: string;
  readonly findings: readonly Finding[];
  /** Metrics that nothing here knows. */
  readonly unknowns: readonly string[];
  /** What the bundle's own alerts have to be excused of. Prometheus takes no excuse beside a rule, so it is no error here. */
  readonly pitfalls: readonly string[];
}

function readingsOf(rendered: Rendered): Reading[] {
  return prometheusesOf(rendered).flatMap((prometheus) => {
    const isOwn = (file: MountedFile) => !(sourceOf(rendered, file)?.isGenerated ?? false);
    const own = prometheus.rules.filter(isOwn);
    const slow = slowJobs(prometheus);
    if (own.length === 0 && slow.length === 0) return [];
    const view = viewFor(prometheus);
    const bundle = catalogueView(projectSettings(), allJobs(projectSettings()), [], catalogues);
    const rest = slow.length === 0 ? [] : prometheus.rules.filter((file) => !isOwn(file));
    return [
      ...own.map((file) => ownReading(file, view, lenient(view, bundle), rendered)),
      ...windows(slow, rest, view, rendered),
    ];
  });
}

type Client = RenderedPrometheus["clients"][number];

/** The jobs that are scraped less often than the bundle scrapes anything. */
function slowJobs({ seen, global, main }: RenderedPrometheus): { client: Client; file: MountedFile; every: string }[] {
  return seen
    .filter(({ config }) => config.job_name !== undefined)
    .map((client) => ({
      client,
      file: client.config.scrape_interval === undefined ? main : client.file,
      every: client.config.scrape_interval ?? global.scrape_interval ?? "1m",
    }))
    .filter(({ every }) => milliseconds(every) > milliseconds(projectSettings().scrape.interval));
}

/** What the expressions of a Prometheus may read. */
export const viewFor = remembered(({ seen, global, rules }: RenderedPrometheus): View => {
  const { scrape_interval, evaluation_interval, ...histograms } = global;
  const jobs = seen
    .filter(({ config }) => config.job_name !== undefined)
    .map(({ config }) => ({ config: { ...histograms, ...config } })) as unknown as ScrapeJob[];
  const settings = {
    scrape: { interval: scrape_interval ?? "1m" },
    prometheus: { evaluationInterval: evaluation_interval ?? "1m" },
  };
  const files = rules.map((file) => ruleFile(file, file.key));
  return catalogueView(settings, jobs, files, catalogues);
});

/** A file of rules as anybody may write it: what the analysis reads of each rule is there. */
export function ruleFile(file: MountedFile, source: string): Pick<RuleFile, "source" | "groups"> {
  const { groups = [] } = (parsed(file) ?? {}) as { groups?: readonly RuleGroup[] };
  const complete = groups.map((group) => ({
    ...group,
    rules: (group.rules ?? []).map((rule) =>
      "alert" in rule
        ? ({ ...rule, labels: { ...rule.labels }, annotations: { ...rule.annotations } } as AlertingRule)
        : rule,
    ),
  }));
  return { source, groups: complete };
}

function ownReading(file: MountedFile, view: View, forgiving: View, rendered: Rendered): Reading {
  const source = sourceOf(rendered, file)?.path ?? file.key;
  const rules = ruleFile(file, source);
  const fix = correct(rendered, file);
  const read = rules.groups.flatMap((group) => group.rules.flatMap(({ expr }) => selectors(expr)));
  const unrecorded = [...new Set(read.flatMap(({ metric }) => metric ?? []))].filter(
    // Of what is kept in the other form another check tells.
    (metric) => view.named(metric).length === 0 && view.inOtherForm(metric).length === 0,
  );
  const explained = unrecorded.map((metric) => ({ metric, why: mistaken(metric, view) }));
  const findings = [
    ...explained.flatMap(({ metric, why }) => (why === undefined ? [] : [`unknown metric ${metric}: ${why}`])),
    ...checkRules([rules], forgiving).map(told),
  ].map((message) => ({ object: file.object, message: `${file.key}: ${message}`, fix }));
  return {
    file: source,
    findings,
    unknowns: explained.flatMap(({ metric, why }) => (why === undefined ? [metric] : [])),
    pitfalls: checkWorstDays([rules], forgiving).flatMap((one) =>
      one.at === undefined ? [] : [told({ ...one, message: one.at.message })],
    ),
  };
}

function told({ rule, at, message }: RuleFinding): string {
  return `${rule}${at === undefined ? "" : `, line ${at.line}, column ${at.column}`}: ${message}`;
}

/** Why a metric that nothing gives is a mistake; undefined where it may be of a job that was never recorded. */
export function mistaken(metric: string, view: View): string | undefined {
  const near = view.names.find((name) => distance(name, metric) <= 2);
  return view.explain(metric) ?? (near === undefined ? undefined : `did you mean ${near}?`);
}

/**
 * The same view, in which jobs that nobody recorded may expose anything, with any label; and what several jobs expose, such
 * as `up`, has the labels of those that are off too, for which a copied rule is written.
 */
function lenient(view: View, bundle: View): View {
  const open = (name: string) => [{ name, job: undefined, type: "unknown", labels: unknown, intervalMs: 0 }] as const;
  return {
    ...view,
    named: (name) => {
      const found = view.named(name);
      const jobs = new Set(found.map(({ job }) => job));
      const others = view.jobs.some((job) => !jobs.has(job) && view.named("up").some((one) => one.job === job));
      if (found.length === 0 || others) return [...found, ...open(name)];
      return [...found, ...bundle.named(name).filter(({ job }) => !jobs.has(job))];
    },
  };
}

/** What the bundle's rules read of jobs that are scraped seldom. */
function windows(
  slow: ReturnType<typeof slowJobs>,
  files: readonly MountedFile[],
  view: View,
  rendered: Rendered,
): Reading[] {
  const short = checkRules(
    files.map((file) => ruleFile(file, file.key)),
    view,
  )
    .map(({ file, rule, message }) => ({ file, rule, window: /^a window of (\S+) is under/.exec(message)?.[1] }))
    .filter(({ window }) => window !== undefined);
  const [first] = short;
  if (first === undefined) return [];
  const least = Math.min(...short.map(({ window = "" }) => milliseconds(window)));
  const intervals = [...new Map(slow.map((one) => [`${one.file.object} ${one.file.key} ${one.every}`, one])).values()];
  const findings = intervals.map(({ file, every }) => {
    const jobs = slow
      .filter((one) => one.file === file && one.every === every)
      .map(({ client }) => client.config.job_name);
    return {
      object: file.object,
      message: `${file.key}: scrape_interval ${every} of ${jobs.join(", ")}: ${short.length} windows of rules hold under four scrapes, such as ${first.window} in ${first.rule} of ${first.file}`,
      fix: `scrape at least every ${durationText(least / 4)} (${correct(rendered, file)}), or set scrape.interval in the settings, from which the windows follow`,
    };
  });
  return [{ file: first.file, findings, unknowns: [], pitfalls: [] }];
}
