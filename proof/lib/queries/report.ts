import { milliseconds } from "../../../generators/settings/index.js";
import type { PrometheusApi } from "../../../scripts/lib/prometheus.js";
import { projectSettings } from "../../../scripts/lib/settings.js";
import { table } from "../markdown-table.js";
import type { Answered } from "./index.js";

/** For each file of rules and each dashboard: how many queries it has, and how many gave something. */
export function answersTable(asked: readonly Answered[]): string {
  const rows = groupsOf(asked).map((group) => {
    const answered = group.filter(({ series }) => series > 0);
    const series = answered.reduce((sum, one) => sum + one.series, 0);
    return [titleOf(group), `${group.length}`, `${answered.length}`, `${group.length - answered.length}`, `${series}`];
  });
  return table(["Queries of", "Asked", "Answered", "Empty, as declared", "Series"], rows);
}

/** The queries that gave nothing, and why that is right. */
export function emptyTable(asked: readonly Answered[]): string {
  const rows = asked
    .filter(({ series }) => series === 0)
    .map(({ of, name, mayBeEmpty }) => [of, name, mayBeEmpty ?? "**not declared**"]);
  const once = [...new Map(rows.map((row) => [row.join(), row])).values()];
  return table(["Of", "Panel or rule", "Why it may be empty"], once);
}

/** What the evaluation of all rules costs, and each dashboard while one person has it open, as shares of a core. */
export interface Cost {
  readonly rules: number;
  readonly dashboards: ReadonlyMap<string, number>;
}

/** How often Grafana asks again, in seconds: `refresh` of every dashboard. */
const refreshSeconds = 60;

/**
 * Measures what rules and dashboards cost. The time that Prometheus takes for something, and not only its CPU time: what
 * it waits for other programs on a busy machine is in it, so that it is at most this.
 */
export async function costOf(asked: readonly Answered[], prometheus: PrometheusApi): Promise<Cost> {
  const dashboards = new Map<string, number>();
  for (const { kind, of, expression } of asked) {
    if (kind !== "panel") continue;
    dashboards.set(of, (dashboards.get(of) ?? 0) + (await secondsOf(expression, prometheus)) / refreshSeconds);
  }
  return { rules: await prometheus.value("sum(rate(prometheus_rule_group_duration_seconds_sum[5m]))"), dashboards };
}

/** How long a query over the last hour takes, a point for each scrape. */
async function secondsOf(query: string, prometheus: PrometheusApi): Promise<number> {
  const end = Math.floor(Date.now() / 1000);
  const step = milliseconds(projectSettings().scrape.interval) / 1000;
  const range = { start: `${end - 3600}`, end: `${end}`, step: `${step}` };
  const { stats } = await prometheus.get<Timed>("query_range", { query, ...range, stats: "true" });
  return stats?.timings.execTotalTime ?? Number.NaN;
}

interface Timed {
  readonly stats?: { readonly timings: { readonly execTotalTime: number } };
}

/** The cost as a table. */
export function costTable({ rules, dashboards }: Cost): string {
  const row = (what: string, share: number) => [what, `${(share * 100).toFixed(2)} %`];
  return table(
    ["What", "Share of one core"],
    [
      row("All rules, evaluated", rules),
      ...[...dashboards].map(([title, share]) => row(`Dashboard ${title}, open over one hour`, share)),
    ],
  );
}

function groupsOf(asked: readonly Answered[]): readonly (readonly Answered[])[] {
  const groups = new Map<string, Answered[]>();
  for (const one of asked) groups.set(one.source, [...(groups.get(one.source) ?? []), one]);
  return [...groups.values()];
}

function titleOf([first]: readonly Answered[]): string {
  return first?.kind === "rule" ? `Rules: ${first.of}` : `Dashboard: ${first?.of}`;
}
