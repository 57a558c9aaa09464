import { withConditional } from "./catalogue/conditional.js";
import type { JobCatalogue, Metric } from "./catalogue/types.js";
import { milliseconds } from "./duration.js";
import { resultLabels, resultSeries } from "./promql/analyse.js";
import type { HistogramForm } from "./promql/histogram.js";
import { certainly, type Label, type Labels, none, plus, union, unknown } from "./promql/labels.js";
import { selectors } from "./promql/selectors.js";
import type { Series, View } from "./promql/series.js";
import { targetLabels } from "./promql/target-labels.js";
import type { AlertingRule, RecordingRule, RuleFile } from "./rule-file.js";
import type { ScrapeConfig, ScrapeJob } from "./scrape-job.js";

/** A job, and what it exposes. */
interface CataloguedJob {
  readonly job: string;
  /** Whether its targets are scraped. */
  readonly on: boolean;
  /** What discovery and relabelling add to every sample, `job` and `instance` included. */
  readonly targetLabels: readonly string[];
  readonly intervalMs: number;
  readonly metrics: JobCatalogue;
  /** How its histograms are kept. Absent: as classic ones. */
  readonly forms?: readonly HistogramForm[];
}

/** Series that Prometheus adds to every target. */
const ofEveryTarget = [
  "scrape_body_size_bytes",
  "scrape_duration_seconds",
  "scrape_sample_limit",
  "scrape_samples_post_metric_relabeling",
  "scrape_samples_scraped",
  "scrape_series_added",
  "scrape_timeout_seconds",
  "up",
];

/** Series that Prometheus makes of alerts. */
const ofAlerts = ["ALERTS", "ALERTS_FOR_STATE"];

/**
 * What expressions may read: the series of every job that is on, and of every rule. The labels of a rule's series follow
 * from its expression.
 */
export function viewOf(
  jobs: readonly CataloguedJob[],
  ruleFiles: readonly Pick<RuleFile, "groups">[],
  evaluationIntervalMs: number,
): View {
  const on = jobs.filter((job) => job.on);
  const series = byName(on.flatMap(seriesOf).map((one) => [one.name, one]));
  const inOtherForm = byName(on.flatMap(otherForms));
  const groups = ruleFiles.flatMap((file) => file.groups);
  const recorded = new Map<string, { rule: RecordingRule; intervalMs: number }[]>();
  for (const { rules, interval } of groups) {
    const intervalMs = interval === undefined ? evaluationIntervalMs : milliseconds(interval);
    for (const rule of rules) {
      if ("record" in rule) recorded.set(rule.record, [...(recorded.get(rule.record) ?? []), { rule, intervalMs }]);
    }
  }
  const alerts = groups.flatMap(({ rules }) => rules.filter((rule) => "alert" in rule));

  const ofRules = new Map<string, readonly Series[]>();
  const inferred = (name: string): readonly Series[] => {
    const known = ofRules.get(name);
    if (known !== undefined) return known;
    // A rule that reads itself gets an answer that rules nothing out.
    ofRules.set(name, [{ name, job: undefined, type: "unknown", labels: unknown, intervalMs: evaluationIntervalMs }]);
    const found = ofAlerts.includes(name)
      ? [alertSeries(name, alerts, view, evaluationIntervalMs)]
      : (recorded.get(name) ?? []).map(({ rule, intervalMs }): Series => {
          const { labels, bounds } = resultSeries(rule.expr, view);
          const all = plus(labels, fixed(rule.labels));
          return {
            name,
            job: undefined,
            type: "gauge",
            labels: all,
            intervalMs,
            ...(bounds !== undefined && { bounds }),
          };
        });
    ofRules.set(name, found);
    return found;
  };
  const view: View = {
    named: (name) => [...(series.get(name) ?? []), ...inferred(name)],
    names: [...series.keys(), ...recorded.keys(), ...ofAlerts],
    jobs: on.map(({ job }) => job),
    inOtherForm: (name) => inOtherForm.get(name) ?? [],
    explain: (name) => otherFormText(name, view.inOtherForm(name)) ?? offText(name),
  };
  let exposedOff: ReadonlyMap<string, string> | undefined;
  const offText = (name: string) => {
    const off = () => jobs.filter(({ on }) => !on).reverse();
    exposedOff ??= new Map(off().flatMap((job) => seriesOf(job).map((one) => [one.name, job.job])));
    const job = ofEveryTarget.includes(name) ? undefined : exposedOff.get(name);
    return job === undefined ? undefined : `job ${job} exposes it, which is off`;
  };
  return view;
}

/**
 * What expressions may read when these jobs are on: what was recorded of them, what is declared beside it, and what the
 * rules record.
 *
 * @param catalogues - the recording of every job, also of those that are off.
 */
export function catalogueView(
  settings: {
    readonly scrape: { readonly interval: string };
    readonly prometheus: { readonly evaluationInterval: string };
  },
  jobs: readonly ScrapeJob[],
  ruleFiles: readonly Pick<RuleFile, "groups">[],
  catalogues: ReadonlyMap<string, JobCatalogue>,
): View {
  const on = jobs.map(({ config }) => ({
    job: config.job_name,
    on: true,
    targetLabels: targetLabels(config),
    intervalMs: milliseconds(config.scrape_interval ?? settings.scrape.interval),
    metrics: withConditional(config.job_name, catalogues.get(config.job_name) ?? {}),
    forms: formsOf(config),
  }));
  const off = [...catalogues.keys()]
    .filter((job) => !on.some((other) => other.job === job))
    .map((job) => ({
      job,
      on: false,
      targetLabels: ["instance", "job"],
      intervalMs: milliseconds(settings.scrape.interval),
      metrics: withConditional(job, catalogues.get(job) ?? {}),
    }));
  return viewOf([...on, ...off], ruleFiles, milliseconds(settings.prometheus.evaluationInterval));
}

/** How the histograms of a job are kept. Where its targets say that themselves, they may be either. */
function formsOf(config: ScrapeConfig): readonly HistogramForm[] {
  const { scrape_native_histograms: own, convert_classic_histograms_to_nhcb: converted, relabel_configs = [] } = config;
  const byTarget = relabel_configs.some(
    (step) => "target_label" in step && /^__(scrape_native|convert_classic)_histograms/.test(step.target_label),
  );
  const isNative = byTarget || own || converted;
  const isClassic = byTarget || !converted || config.always_scrape_classic_histograms;
  return [...(isClassic ? ["classic" as const] : []), ...(isNative ? ["native" as const] : [])];
}

function alertSeries(name: string, alerts: readonly AlertingRule[], view: View, intervalMs: number): Series {
  const each = alerts
    // An alert that reads ALERTS adds only labels that other alerts have.
    .filter(({ expr }) => !selectors(expr).some(({ metric }) => metric !== undefined && ofAlerts.includes(metric)))
    .map((rule) => plus(resultLabels(rule.expr, view), fixed(rule.labels)));
  // Of no alert is it certain that it is there.
  const labels = union([none, ...each]);
  const own = certainly({
    alertname: alerts.map(({ alert }) => alert).sort(),
    alertstate: ["firing", "pending"],
    severity: [...new Set(alerts.map((rule) => rule.labels.severity))].sort(),
  });
  return { name, job: undefined, type: "gauge", labels: plus(labels, own), intervalMs };
}

function fixed(labels: Readonly<Record<string, string>> = {}): Labels {
  return certainly(Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, [value]])));
}

function byName(named: readonly (readonly [name: string, series: Series])[]): ReadonlyMap<string, readonly Series[]> {
  const found = new Map<string, Series[]>();
  for (const [name, series] of named) found.set(name, [...(found.get(name) ?? []), series]);
  return found;
}

function seriesOf(job: CataloguedJob): Series[] {
  const { metrics, forms = ["classic"] } = job;
  const ofTarget = ofEveryTarget.map((name): Sample => ({ name, type: "gauge", labels: none }));
  const exposed = Object.entries(metrics).flatMap(([name, metric]) => samplesOf(name, metric, forms));
  return [...ofTarget, ...exposed].map(scrapedBy(job));
}

/** Names of a job's histograms in the form in which they are not kept, and what there is instead. */
function otherForms(job: CataloguedJob): [name: string, instead: Series][] {
  const { metrics, forms: [kept, ...both] = ["classic"] } = job;
  if (kept === undefined || both.length > 0) return [];
  const scraped = scrapedBy(job);
  return Object.entries(metrics)
    .filter(([, { type }]) => type === "histogram")
    .flatMap(([name, metric]) => {
      const instead = samplesOf(name, metric, [kept]).slice(0, 1).map(scraped);
      const other = samplesOf(name, metric, [kept === "native" ? "classic" : "native"]);
      return other.flatMap(({ name }) => instead.map((one): [string, Series] => [name, one]));
    });
}

function scrapedBy({ job, targetLabels, intervalMs }: CataloguedJob): (sample: Sample) => Series {
  const target = certainly({ ...Object.fromEntries(targetLabels.map((name) => [name, null])), job: [job] });
  return (sample) => ({ ...sample, job, labels: plus(target, sample.labels), intervalMs });
}

type Sample = Pick<Series, "name" | "type" | "labels" | "bounds">;

/** What a metric is kept as. Of a classic histogram its buckets come first. */
function samplesOf(name: string, metric: Metric, forms: readonly HistogramForm[]): Sample[] {
  const { type, optional = [] } = metric;
  const labels: Labels = {
    open: false,
    known: new Map(
      Object.entries(metric.labels).map(([label, values]): [string, Label] => [
        label,
        { values, certain: !optional.includes(label) },
      ]),
    ),
  };
  if (type !== "histogram" && type !== "summary") return [{ name, type, labels }];
  const own = type === "histogram" ? "le" : "quantile";
  const plain: Labels = { open: false, known: new Map([...labels.known].filter(([label]) => label !== own)) };
  const counts: Sample[] = ["sum", "count"].map((part) => ({
    name: `${name}_${part}`,
    type: "counter",
    labels: plain,
  }));
  if (type === "summary") return [{ name, type: "gauge", labels }, ...counts];
  const bounds = metric.labels.le?.filter((bound) => bound !== "+Inf").map(Number) ?? null;
  return forms.flatMap((form): Sample[] =>
    form === "native"
      ? [{ name, type: "counter", labels: plain, bounds }]
      : [{ name: `${name}_bucket`, type: "counter", labels }, ...counts],
  );
}

function otherFormText(name: string, instead: readonly Series[]): string | undefined {
  const [first] = instead;
  if (first === undefined) return undefined;
  if (first.bounds === undefined)
    return `it is a histogram, whose series are ${name}_bucket, ${name}_sum and ${name}_count`;
  const jobs = [...new Set(instead.flatMap(({ job }) => job ?? []))].sort().join(", ");
  const functions = "histogram_quantile, histogram_fraction, histogram_count or histogram_sum";
  return `job ${jobs} keeps ${first.name} as a native histogram: read that by ${functions}`;
}
