import type { JobCatalogue, Metric } from "../catalogue/types.js";
import { milliseconds } from "../duration.js";
import type { AlertingRule, RecordingRule, RuleFile } from "../rule-file.js";
import { resultLabels } from "./analyse.js";
import { certainly, type Label, type Labels, none, plus, union, unknown } from "./labels.js";
import { selectors } from "./selectors.js";

/** All series of one name from one origin: a job, or a rule. */
export interface Series {
  readonly name: string;
  /** Undefined for what a rule records. */
  readonly job: string | undefined;
  /** What its values are: a histogram's buckets, sum and count are counters. */
  readonly type: "counter" | "gauge" | "unknown";
  readonly labels: Labels;
  /** Time between two samples. */
  readonly intervalMs: number;
}

/** Everything that an expression may read. */
export interface View {
  /** None when nothing gives it. */
  named(name: string): readonly Series[];
  /** Every name that there is. */
  readonly names: readonly string[];
  /** The jobs that are switched on. */
  readonly jobs: readonly string[];
  /** Why there is no such series although the name is known; undefined where it is not. */
  explain(name: string): string | undefined;
}

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
