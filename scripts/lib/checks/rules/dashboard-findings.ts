import type { DashboardFile } from "../../../../generators/grafana/lib/dashboard.js";
import type { Panel, Row } from "../../../../generators/grafana/lib/sdk.js";
import { chosenDataSource, dataSource, externalLabels } from "../../../../generators/grafana/lib/variables.js";
import { resultLabels } from "../../../../metrics/promql/analyse.js";
import { check } from "../../../../metrics/promql/check.js";
import { has, plus } from "../../../../metrics/promql/labels.js";
import { didYouMean } from "../../../../metrics/promql/nearest.js";
import { type Selector, selectors } from "../../../../metrics/promql/selectors.js";
import type { Series, View } from "../../../../metrics/promql/series.js";
import { matches } from "../../../../metrics/promql/values.js";
import { hasVariable, withoutVariables } from "../../../../metrics/promql/variables.js";
import { remembered } from "../../../../metrics/remembered.js";

/** One thing that is wrong with a dashboard. */
export interface DashboardFinding {
  /** The generator of the dashboard, from the root of the project. */
  readonly file: string;
  /** The panel or variable that it is about, and the place in its query; undefined for the dashboard as a whole. */
  readonly where: string | undefined;
  readonly message: string;
}

/** More than this, nobody looks at. */
const mostPanels = 25;

/**
 * Whether each dashboard is one that Grafana takes and a person can use: unique names, a chosen data source, descriptions,
 * units, texts for no series, links that lead somewhere.
 */
export function formFindings(files: readonly DashboardFile[]): readonly DashboardFinding[] {
  const uids = files.map(({ dashboard }) => dashboard.uid);
  const tags = new Set(files.flatMap(({ dashboard }) => dashboard.tags ?? []));
  return files.flatMap(({ source, dashboard, mayBeEmpty, ofAll }) => {
    const panels = panelsOf(dashboard.panels);
    const says = (message: string, where?: string): DashboardFinding => ({ file: source, where, message });
    const unknownLinks = [...JSON.stringify(dashboard).matchAll(/"\/d\/([^"/?]*)/g)]
      .map(([, uid = ""]) => uid)
      .filter((uid) => !uids.includes(uid));
    const titles = panels.map(({ title = "" }) => title);
    return [
      ...(/^[\w-]{1,40}$/.test(dashboard.uid) ? [] : [says(`has a uid that Grafana does not take: ${dashboard.uid}`)]),
      ...(uids.indexOf(dashboard.uid) === uids.lastIndexOf(dashboard.uid)
        ? []
        : [says(`shares its uid ${dashboard.uid} with another dashboard`)]),
      ...(panels.length <= mostPanels ? [] : [says(`has ${panels.length} panels: ${mostPanels} at most`)]),
      ...(dashboard.templating.list.includes(dataSource) ? [] : [says("lets nobody choose the data source")]),
      ...[...new Set(unknownLinks)].map((uid) =>
        says(`links to ${uid}, which is no dashboard${didYouMean(uid, uids)}`),
      ),
      ...(dashboard.links ?? [])
        .flatMap(({ type, tags: wanted }) => (type === "dashboards" ? wanted : []))
        .filter((tag) => !tags.has(tag))
        .map((tag) => says(`lists the dashboards with tag ${tag}, and there are none`)),
      ...titles
        .filter((title, index) => titles.indexOf(title) !== index)
        .map((title) => says("is there twice on the dashboard", `panel ${title}`)),
      ...[...mayBeEmpty.keys()]
        .filter((title) => !titles.includes(title))
        .map((title) => says("may be empty, and is not there", `panel ${title}`)),
      ...variableFindings(dashboard.templating.list, panels).map(([message, where]) => says(message, where)),
      ...panels
        .filter(({ title = "" }) => !ofAll.has(title))
        .flatMap((panel) =>
          notNarrowed(panel, dashboard.templating.list).map((text) => says(text, `panel ${panel.title}`)),
        ),
      ...panels.flatMap((panel) => panelForm(panel).map((message) => says(message, `panel ${panel.title}`))),
    ];
  });
}

function panelForm({ title, description, datasource, targets, fieldConfig }: Panel): string[] {
  const { unit, noValue } = fieldConfig?.defaults ?? {};
  const sources = [datasource, ...targets.map((target) => target.datasource)];
  return [
    ...(title ? [] : ["has no title"]),
    ...(description ? [] : ["has no description"]),
    ...(unit ? [] : ["has no unit"]),
    ...(noValue ? [] : ["says nothing where there are no series"]),
    ...(sources.every((source) => source?.uid === chosenDataSource.uid)
      ? []
      : [`asks another data source than the one that is chosen: use ${chosenDataSource.uid}`]),
    ...(targets.length > 0 ? [] : ["has no query"]),
  ];
}

/** The variables that somebody chooses by, and some query of the panel does not read: it goes on showing the rest. */
function notNarrowed({ targets }: Panel, list: DashboardFile["dashboard"]["templating"]["list"]): string[] {
  return (
    list
      // Which job is looked at more closely is another question.
      .filter(({ type, name }) => type === "query" && name !== "job")
      .filter(({ name }) => targets.some(({ expr }) => !variablesIn(expr).includes(name)))
      .map(({ name }) => `shows the same whatever is chosen as ${name}: let every query read it, or say why by ofAll`)
  );
}

/** Variables that are read and not there, and those that nothing reads. */
function variableFindings(list: DashboardFile["dashboard"]["templating"]["list"], panels: readonly Panel[]) {
  const names = list.map(({ name }) => name);
  const texts = [
    ...panels.map((panel) => [`panel ${panel.title}`, JSON.stringify(panel)] as const),
    ...list.map((variable) => [`variable ${variable.name}`, JSON.stringify(variable)] as const),
  ];
  const read = texts.flatMap(([where, text]) => variablesIn(text).map((name) => [where, name] as const));
  return [
    ...[...new Map(read.map(([where, name]) => [`${where} ${name}`, [where, name] as const])).values()]
      .filter(([, name]) => !names.includes(name))
      .map(
        ([where, name]) => [`reads the variable ${name}, which is not there${didYouMean(name, names)}`, where] as const,
      ),
    ...names
      .filter((name) => !read.some(([where, other]) => other === name && where !== `variable ${name}`))
      .map((name) => ["is read by nothing", `variable ${name}`] as const),
  ];
}

/** Names of the variables that a text reads, without those that Grafana has itself. */
function variablesIn(text: string): string[] {
  return [...text.matchAll(/\$(?:\{(\w+)[^}]*\}|([a-zA-Z]\w*))/g)]
    .map(([, braced, bare]) => braced ?? bare ?? "")
    .filter((name) => !name.startsWith("__"));
}

/**
 * Whether each query reads what is there, and names the job that it reads, so that the dashboard goes where the job goes.
 *
 * @param view - what the jobs that are on and the rules give
 */
export function queryFindings(
  files: readonly DashboardFile[],
  view: View,
  scrapeIntervalMs: number,
): readonly DashboardFinding[] {
  const seen = withExternalLabels(view);
  return files.flatMap(({ source, jobs, dashboard }) => {
    const says = (where: string, message: string): DashboardFinding => ({ file: source, where, message });
    const ofPanels = panelsOf(dashboard.panels).flatMap((panel) =>
      panel.targets.flatMap(({ refId, expr }) => {
        const where = `panel ${panel.title}, query ${refId}`;
        const text = withoutVariables(expr, scrapeIntervalMs);
        const wrong = check(text, seen);
        if (wrong.length > 0)
          return wrong.map((at) => says(`${where}, line ${at.line}, column ${at.column}`, at.message));
        return selectors(text).flatMap((selector) =>
          jobFindings(selector, jobs, seen).map((message) => says(where, message)),
        );
      }),
    );
    const ofVariables = dashboard.templating.list.flatMap((variable) =>
      variable.type === "query"
        ? labelValuesFindings(variable.definition ?? "", jobs, seen).map((message) =>
            says(`variable ${variable.name}`, message),
          )
        : [],
    );
    return [...ofPanels, ...ofVariables];
  });
}

function labelValuesFindings(query: string, jobs: readonly string[], view: View): string[] {
  const [, selector, label] = /^label_values\((.+), (\w+)\)$/s.exec(query) ?? [];
  if (selector === undefined || label === undefined) return ["is not label_values(selector, label)"];
  const wrong = check(selector, view).map(({ message }) => message);
  if (wrong.length > 0) return wrong;
  if (!has(resultLabels(selector, view), label))
    return [`asks for the label ${label}, which ${selector} does not have`];
  return selectors(selector).flatMap((one) => jobFindings(one, jobs, view));
}

function jobFindings({ metric, matchers }: Selector, jobs: readonly string[], view: View): string[] {
  const asked = matchers.filter(({ label }) => label === "job");
  const series = metric === undefined ? [] : view.named(metric);
  const exposing = [...new Set(series.flatMap(({ job }) => job ?? []))];
  // What a rule records, and what every target has, is not one job's.
  if (exposing.length === 0 && metric !== undefined) return [];
  if (asked.length === 0) return exposing.length === view.jobs.length ? [] : [`${metric ?? "a selector"} names no job`];
  if (asked.some(({ value }) => hasVariable(value))) return [];
  const read = exposing.filter((job) => asked.every((matcher) => matches(matcher, job)));
  return read
    .filter((job) => !jobs.includes(job))
    .map((job) => `reads ${metric} of job ${job}, which the dashboard does not name in its jobs`);
}

/** The same series with labels that they have where several Prometheus are asked as one. */
function withExternalLabels(view: View): View {
  const external = {
    open: false,
    known: new Map(externalLabels.map((name) => [name, { values: null, certain: false }])),
  };
  const labelled = remembered((series: Series): Series => ({ ...series, labels: plus(external, series.labels) }));
  return { ...view, named: (name) => view.named(name).map(labelled) };
}

/** The panels of a dashboard without its rows, with those that collapsed rows hold. */
export function panelsOf(panels: readonly (Panel | Row)[]): readonly Panel[] {
  return panels.flatMap((panel) => ("collapsed" in panel ? panel.panels : [panel]));
}
