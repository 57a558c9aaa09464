import { parse } from "yaml";
import type { Dashboard } from "../../../generators/grafana/lib/sdk.js";
import { askedByHand } from "../../../generators/lean/asked-by-hand.js";
import { milliseconds, type Settings } from "../../../generators/settings/index.js";
import { selectors } from "../../../metrics/promql/selectors.js";
import { asSent } from "../../../metrics/promql/variables.js";
import { panelsOf } from "../checks/rules/dashboard-findings.js";
import { dashboardsIn } from "../rendered/dashboards.js";
import type { Rendered } from "../rendered/objects.js";
import { prometheusesOf } from "../rendered/prometheus.js";

/** Something that an overlay asks Prometheus again and again, or a person now and then. */
export interface Query {
  readonly kind: "record" | "alert" | "panel" | "variable" | "person";
  /** Where it is: the group of a rule as `file: group`, the title of a dashboard, or who asks. */
  readonly of: string;
  /** `level:metric:operation`, the name of an alert, the title and letter of a panel's query, or the name of a variable. */
  readonly name: string;
  /** As Prometheus takes it. */
  readonly expression: string;
  /** What a rule adds to each of its series. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * What people ask for by hand, as runbooks and settings declare it. What they want of a histogram is in one series of its own
 * name where that is native.
 */
function queriesByHand({ lean: { names, expressions } }: Settings): readonly Query[] {
  const asked = [...Object.values(askedByHand).flat(), ...names, ...expressions];
  const whole = asked.flatMap((expression) =>
    selectors(expression).flatMap(({ metric = "" }) =>
      histogramPart.test(metric) ? metric.replace(histogramPart, "") : [],
    ),
  );
  return [...asked, ...whole].map((expression) => ({
    kind: "person",
    of: "people, by hand",
    name: expression,
    expression,
    labels: {},
  }));
}

const histogramPart = /_(bucket|sum|count)$/;

/** Everything that asks an overlay, people with it. */
export function allQueries(rendered: Rendered, settings: Settings): readonly Query[] {
  return [...queriesOf(rendered, milliseconds(settings.scrape.interval)), ...queriesByHand(settings)];
}

interface WrittenGroup {
  readonly name: string;
  readonly rules?: readonly {
    readonly record?: string;
    readonly alert?: string;
    readonly expr: string;
    readonly labels?: Readonly<Record<string, string>>;
  }[];
}

/** One job, so that what a dashboard shows of the chosen one is asked for too. */
const chosen = { job: "kubelet" };

/**
 * Everything that the rules and dashboards of a rendered overlay ask, those of the user's own with them. Nothing of a file
 * that cannot be read: the build says so.
 */
export function queriesOf(rendered: Rendered, scrapeIntervalMs: number): readonly Query[] {
  const rules = prometheusesOf(rendered).flatMap((prometheus) => prometheus.rules);
  return [
    ...rules
      .flatMap(
        ({ key, text }) =>
          (parse(text) as { groups?: WrittenGroup[] } | null)?.groups?.map((group) => rulesOf(key, group)) ?? [],
      )
      .flat(),
    ...dashboardsOf(rendered).flatMap((dashboard) => queriesIn(dashboard, scrapeIntervalMs)),
  ];
}

function rulesOf(file: string, { name, rules = [] }: WrittenGroup): Query[] {
  return rules.map(({ record, alert = "", expr, labels = {} }) => ({
    kind: record === undefined ? "alert" : "record",
    of: `${file}: ${name}`,
    name: record ?? alert,
    expression: expr,
    labels,
  }));
}

function dashboardsOf(rendered: Rendered): Dashboard[] {
  return dashboardsIn(rendered).map(({ text }) => JSON.parse(text) as Dashboard);
}

/** Of a dashboard of the user's own nothing is certain, not even that it has panels. */
function queriesIn({ title, panels, templating }: Dashboard, scrapeIntervalMs: number): Query[] {
  const sent = (expression: string) => asSent(expression, scrapeIntervalMs, chosen);
  return [
    ...panelsOf(panels).flatMap((panel) =>
      panel.targets.map(
        ({ refId, expr }): Query => ({
          kind: "panel",
          of: title,
          name: `${panel.title}, query ${refId}`,
          expression: sent(expr),
          labels: {},
        }),
      ),
    ),
    ...templating.list.flatMap(({ name, definition }): Query[] => {
      const [, selector, label] = /^label_values\((.+), (\w+)\)$/s.exec(definition ?? "") ?? [];
      if (selector === undefined) return [];
      return [{ kind: "variable", of: title, name, expression: `group by (${label}) (${sent(selector)})`, labels: {} }];
    }),
  ];
}
