import { dashboards } from "../../../generators/grafana/dashboards/index.js";
import { ruleFiles } from "../../../generators/prometheus/rules/index.js";
import { scrapeJobs } from "../../../generators/prometheus/scrape/index.js";
import { milliseconds, type Settings } from "../../../generators/settings/index.js";
import { asSent } from "../../../metrics/promql/variables.js";
import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { panelsOf } from "../../../scripts/lib/checks/rules/dashboard-findings.js";
import type { PrometheusApi } from "../../../scripts/lib/prometheus.js";
import { lookUntil } from "../../../scripts/lib/wait.js";
import { rulesThatMayBeEmpty } from "./may-be-empty.js";

/** A query that somebody relies on. */
export interface Query {
  /** The generator that it is in, from the root of the project. */
  readonly source: string;
  /** The title of a dashboard, or the subject of a file of rules. */
  readonly of: string;
  readonly kind: "rule" | "panel";
  /** `level:metric:operation`, or the title of a panel. */
  readonly name: string;
  /** As Prometheus takes it. */
  readonly expression: string;
  /** Why it may give nothing in a healthy cluster; undefined where it must give something. */
  readonly mayBeEmpty: string | undefined;
}

/** A query, and how many series it gave. */
export interface Answered extends Query {
  readonly series: number;
}

/**
 * Every recording rule and every query of a panel whose jobs are on.
 *
 * @param on those jobs; default: the ones of the base
 */
export function queries(settings: Settings, on: readonly ScrapeJob[] = scrapeJobs(settings)): readonly Query[] {
  const jobs = on.map(({ config }) => config.job_name);
  const ofRules = ruleFiles(settings, jobs).flatMap(({ source, subject, groups }) =>
    groups
      .flatMap(({ rules }) => rules)
      .flatMap((rule): Query[] => {
        if (!("record" in rule)) return [];
        const { record: name } = rule;
        const mayBeEmpty = rulesThatMayBeEmpty.get(name);
        return [{ kind: "rule", source, of: subject, name, expression: `{__name__="${name}"}`, mayBeEmpty }];
      }),
  );
  const ofPanels = dashboards(settings, jobs).flatMap(({ source, dashboard, mayBeEmpty }) =>
    panelsOf(dashboard.panels).flatMap(({ title = "", targets }) =>
      targets.map(
        ({ expr }): Query => ({
          kind: "panel",
          source,
          of: dashboard.title,
          name: title,
          expression: asSent(expr, milliseconds(settings.scrape.interval), { job: "kubelet" }),
          mayBeEmpty: mayBeEmpty.get(title),
        }),
      ),
    ),
  );
  // A rule is written twice where it has a variant for each value of a label, and is one name to ask for.
  return [...new Map([...ofRules, ...ofPanels].map((query) => [JSON.stringify(query), query])).values()];
}

/** Asks every query once. */
export async function askAll(all: readonly Query[], prometheus: PrometheusApi): Promise<readonly Answered[]> {
  const asked: Answered[] = [];
  for (const query of all) asked.push({ ...query, series: (await prometheus.instant(query.expression)).length });
  return asked;
}

/** Asks until nothing is wrong with the answers, or for that long: rules and rates take a few minutes of samples. */
export async function askUntilAnswered(
  all: readonly Query[],
  prometheus: PrometheusApi,
  milliseconds: number,
): Promise<readonly Answered[]> {
  const patience = { seconds: milliseconds / 1000, pauseMilliseconds: 5000 };
  return await lookUntil(
    () => askAll(all, prometheus),
    (asked) => objections(asked).length === 0,
    patience,
  );
}

/** What is wrong with the answers, a line each: one is empty, and is not declared as one that may be. */
export function objections(asked: readonly Answered[]): readonly string[] {
  return asked
    .filter(({ series, mayBeEmpty }) => series === 0 && mayBeEmpty === undefined)
    .map(({ source, kind, name, expression }) => `${source}, ${kind} ${name} gives nothing: ${expression}`);
}

/** Groups of rules whose last evaluation failed, with what Prometheus says of it. */
export async function unhealthyGroups(prometheus: PrometheusApi): Promise<readonly string[]> {
  return (await prometheus.rules()).flatMap(({ file, name, rules }) =>
    rules
      .filter(({ health }) => health === "err")
      .map((rule) => `group ${name} of ${file}, ${rule.name}: ${rule.lastError}`),
  );
}
