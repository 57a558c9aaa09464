import { withConditional } from "./catalogue/conditional.js";
import type { JobCatalogue, Metric } from "./catalogue/types.js";
import { milliseconds } from "./duration.js";
import { resultLabels } from "./promql/analyse.js";
import { certainly, type Label, type Labels, none, plus, union, unknown } from "./promql/labels.js";
import { selectors } from "./promql/selectors.js";
import type { Series, View } from "./promql/series.js";
import { targetLabels } from "./promql/target-labels.js";
import type { AlertingRule, RecordingRule, RuleFile } from "./rule-file.js";
import type { ScrapeJob } from "./scrape-job.js";

/** A job, and what it exposes. */
export interface CataloguedJob {
  readonly job: string;
  /** Whether its targets are scraped. */
  readonly on: boolean;
  /** What discovery and relabelling add to every sample, `job` and `instance` included. */
  readonly targetLabels: readonly string[];
  readonly intervalMs: number;
  readonly metrics: JobCatalogue;
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
  const series = new Map<string, Series[]>();
  for (const job of jobs.filter(({ on }) => on)) {
    for (const one of seriesOf(job)) series.set(one.name, [...(series.get(one.name) ?? []), one]);
  }
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
    ofRules.set(name, [{ name, job: undefined, type: "gauge", labels: unknown, intervalMs: evaluationIntervalMs }]);
    const found = ofAlerts.includes(name)
      ? [alertSeries(name, alerts, view, evaluationIntervalMs)]
      : (recorded.get(name) ?? []).map(({ rule, intervalMs }): Series => {
          const labels = plus(resultLabels(rule.expr, view), fixed(rule.labels));
          return { name, job: undefined, type: "gauge", labels, intervalMs };
        });
    ofRules.set(name, found);
    return found;
  };
  const view: View = {
    named: (name) => [...(series.get(name) ?? []), ...inferred(name)],
    names: [...series.keys(), ...recorded.keys(), ...ofAlerts],
    jobs: jobs.filter(({ on }) => on).map(({ job }) => job),
    explain: (name) => explanation(name, jobs),
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
  settings: { readonly scrapeInterval: string; readonly evaluationInterval: string },
  jobs: readonly ScrapeJob[],
  ruleFiles: readonly Pick<RuleFile, "groups">[],
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

function alertSeries(name: string, alerts: readonly AlertingRule[], view: View, intervalMs: number): Series {
  const each = alerts
    // One that reads ALERTS cannot add a label to them that no other alert has.
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

function seriesOf({ job, targetLabels, intervalMs, metrics }: CataloguedJob): Series[] {
  const target = certainly({ ...Object.fromEntries(targetLabels.map((name) => [name, null])), job: [job] });
  const ofTarget = ofEveryTarget.map((name): Series => ({ name, job, type: "gauge", labels: target, intervalMs }));
  const exposed = Object.entries(metrics).flatMap(([name, metric]) =>
    samplesOf(name, metric).map(
      ({ name, type, labels }): Series => ({ name, job, type, labels: plus(target, labels), intervalMs }),
    ),
  );
  return [...ofTarget, ...exposed];
}

function samplesOf(name: string, metric: Metric): Pick<Series, "name" | "type" | "labels">[] {
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
  return [
    type === "histogram" ? { name: `${name}_bucket`, type: "counter", labels } : { name, type: "gauge", labels },
    { name: `${name}_sum`, type: "counter", labels: plain },
    { name: `${name}_count`, type: "counter", labels: plain },
  ];
}

function explanation(name: string, jobs: readonly CataloguedJob[]): string | undefined {
  const histogram = jobs.some(({ on, metrics }) => on && metrics[name]?.type === "histogram");
  if (histogram) return `it is a histogram, whose series are ${name}_bucket, ${name}_sum and ${name}_count`;
  const off = jobs.find((job) => !job.on && seriesOf(job).some((series) => series.name === name));
  return off === undefined || ofEveryTarget.includes(name) ? undefined : `job ${off.job} exposes it, which is off`;
}
