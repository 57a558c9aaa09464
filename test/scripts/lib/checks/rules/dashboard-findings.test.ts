import assert from "node:assert/strict";
import { test } from "uvu";
import {
  type DashboardFile,
  type DashboardPlan,
  dashboardFile,
} from "../../../../../generators/grafana/lib/dashboard.js";
import { graph, stat, table } from "../../../../../generators/grafana/lib/panels.js";
import type { Panel } from "../../../../../generators/grafana/lib/sdk.js";
import { reads } from "../../../../../generators/grafana/lib/variables.js";
import { viewOf } from "../../../../../metrics/view.js";
import {
  type DashboardFinding,
  formFindings,
  queryFindings,
} from "../../../../../scripts/lib/checks/rules/dashboard-findings.js";

const words = { title: "Processors", description: "Processors at work.", unit: "none" } as const;
const servers = reads("server");
const panel = stat({ ...words, expr: `sum(up{${servers}})` });

const plan = (fields: Partial<DashboardPlan> = {}): DashboardPlan => ({
  name: "server",
  source: "generators/grafana/dashboards/server.ts",
  area: "cluster",
  title: "Server",
  description: "What the server does.",
  jobs: ["server"],
  rows: [{ title: "All of it", panels: [panel] }],
  ...fields,
});

const form = (...plans: Partial<DashboardPlan>[]) =>
  messages(formFindings(plans.map((one) => dashboardFile(plan(one)))));

const view = viewOf(
  [
    {
      job: "server",
      on: true,
      targetLabels: ["instance", "job", "node"],
      intervalMs: 15_000,
      metrics: {
        requests_total: { type: "counter", unit: "", help: "", labels: { code: ["200", "500"] } },
        connections: { type: "gauge", unit: "", help: "", labels: {} },
      },
    },
    {
      job: "client",
      on: true,
      targetLabels: ["instance", "job"],
      intervalMs: 15_000,
      metrics: { calls_total: { type: "counter", unit: "", help: "", labels: {} } },
    },
  ],
  [
    {
      groups: [
        {
          name: "g",
          rules: [{ record: "instance:connections:sum", expr: 'sum by (instance) (connections{job="server"})' }],
        },
      ],
    },
  ],
  15_000,
);

const ofQuery = (expr: string, fields: Partial<DashboardPlan> = {}) =>
  messages(
    queryFindings(
      [
        dashboardFile(
          plan({ rows: [{ title: "", panels: [graph({ ...words, queries: [{ expr, legend: "" }] })] }], ...fields }),
        ),
      ],
      view,
      15_000,
    ),
  );

/** A finding as a person reads it, without the file. */
function messages(findings: readonly DashboardFinding[]): string[] {
  return findings.map(({ where, message }) => (where === undefined ? message : `${where}: ${message}`));
}

/** The same dashboard with its only panel changed: what the helpers do not let anybody write. */
function withPanel(change: Partial<Panel>): DashboardFile {
  const file = dashboardFile(plan());
  const panels = file.dashboard.panels.map((one) => ("collapsed" in one ? one : { ...one, ...change }));
  return { ...file, dashboard: { ...file.dashboard, panels } };
}

const ofPanel = (change: Partial<Panel>) => messages(formFindings([withPanel(change)]));

test("a dashboard that is all right is let through", () => {
  assert.deepEqual(form({}), []);
});

test("what is chosen narrows every panel, or the panel says why not", () => {
  const narrowed = (options: object) =>
    form({
      narrowedBy: ["node"],
      rows: [
        {
          title: "",
          panels: [
            stat({ ...words, expr: `sum(up{${reads("server", "node")}})` }),
            stat({ ...words, title: "Others", expr: `sum(up{${servers}})`, ...options }),
          ],
        },
      ],
    });
  assert.deepEqual(narrowed({}), [
    "panel Others: shows the same whatever is chosen as node: let every query read it, or say why by ofAll",
  ]);
  assert.deepEqual(narrowed({ ofAll: "a server has no node" }), []);
});

test("a uid is of one dashboard, and one that Grafana takes", () => {
  const shared = "shares its uid plain-prometheus-server with another dashboard";
  assert.deepEqual(form({}, { title: "Another" }), [shared, shared]);
  assert.match(form({ name: "a-name-that-is-much-too-long" })[0] ?? "", /has a uid that Grafana does not take/);
});

test("a link leads to a dashboard that is there", () => {
  assert.deepEqual(form({ seeAlso: ["client"] }, { name: "client" }), []);
  assert.deepEqual(form({ seeAlso: ["clint"] }, { name: "client" }), [
    "links to plain-prometheus-clint, which is no dashboard: did you mean plain-prometheus-client?",
  ]);
});

test("a link in a table's cell leads to a dashboard that is there", () => {
  const linked = table({
    ...words,
    labels: { node: "Node" },
    columns: [{ name: "Up", unit: "none", expr: `sum by (node) (up{${servers}})` }],
    links: { node: { title: "Node", url: "/d/plain-prometheus-nodes?var-cluster=$cluster" } },
  });
  assert.match(
    form({ rows: [{ title: "", panels: [linked] }] })[0] ?? "",
    /^links to plain-prometheus-nodes, which is no/,
  );
});

test("a list of dashboards by tag lists some", () => {
  const file = dashboardFile(plan());
  const links = (file.dashboard.links ?? []).map((link) => ({ ...link, tags: ["plain"] }));
  assert.deepEqual(messages(formFindings([{ ...file, dashboard: { ...file.dashboard, links } }])), [
    "lists the dashboards with tag plain, and there are none",
  ]);
});

test("no dashboard has more panels than anybody looks at", () => {
  const panels = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      stat({ ...words, title: `Panel ${index}`, expr: `sum(up{${servers}})` }),
    );
  assert.deepEqual(form({ rows: [{ title: "", panels: panels(25) }] }), []);
  assert.deepEqual(form({ rows: [{ title: "", panels: panels(26) }] }), ["has 26 panels: 25 at most"]);
});

test("a panel has a title of its own, a description, a unit and a text for no series", () => {
  const defaults = { unit: "none", noValue: "None" };
  assert.deepEqual(ofPanel({ title: "" }), ["panel : has no title"]);
  assert.deepEqual(ofPanel({ description: "" }), ["panel Processors: has no description"]);
  assert.deepEqual(ofPanel({ fieldConfig: { overrides: [], defaults: { ...defaults, unit: "" } } }), [
    "panel Processors: has no unit",
  ]);
  assert.deepEqual(ofPanel({ fieldConfig: { overrides: [], defaults: { unit: "none" } } }), [
    "panel Processors: says nothing where there are no series",
  ]);
  assert.deepEqual(form({ rows: [{ title: "", panels: [panel, panel] }] }), [
    "panel Processors: is there twice on the dashboard",
  ]);
});

test("a panel asks the data source that was chosen", () => {
  assert.deepEqual(ofPanel({ datasource: { type: "prometheus", uid: "prometheus" } }), [
    "panel Processors: asks another data source than the one that is chosen: use ${datasource}",
  ]);
  const file = dashboardFile(plan());
  const list = file.dashboard.templating.list.filter(({ name }) => name !== "datasource");
  assert.ok(
    messages(formFindings([{ ...file, dashboard: { ...file.dashboard, templating: { list } } }])).includes(
      "lets nobody choose the data source",
    ),
  );
});

test("a panel has a query", () => {
  assert.ok(ofPanel({ targets: [] }).includes("panel Processors: has no query"));
});

test("a variable that is read is there, and one that is there is read", () => {
  const byNode = stat({ ...words, expr: `sum(up{${reads("server", "node")}})` });
  assert.deepEqual(form({ rows: [{ title: "", panels: [byNode] }] }), [
    "panel Processors: reads the variable node, which is not there",
  ]);
  const ofAll = stat({ ...words, expr: `sum(up{${servers}})`, ofAll: "a server has no node" });
  assert.deepEqual(form({ narrowedBy: ["node"], rows: [{ title: "", panels: [ofAll] }] }), [
    "variable node: is read by nothing",
  ]);
  assert.deepEqual(form({ narrowedBy: ["node"], rows: [{ title: "", panels: [byNode] }] }), []);
});

test("a panel that may be empty is one that is there", () => {
  const file = { ...dashboardFile(plan()), mayBeEmpty: new Map([["Procesors", "it may"]]) };
  assert.deepEqual(messages(formFindings([file])), ["panel Procesors: may be empty, and is not there"]);
});

test("a query reads what is there", () => {
  assert.deepEqual(ofQuery(`sum(rate(requests_total{${servers}, code="500"}[$__rate_interval]))`), []);
  assert.deepEqual(ofQuery(`rate(\n  request_total{${servers}}[5m])`), [
    "panel Processors, query A, line 2, column 3: unknown metric request_total: did you mean requests_total?",
  ]);
  assert.match(
    ofQuery(`sum by (cod) (rate(requests_total{${servers}}[5m]))`)[0] ?? "",
    /no label cod: did you mean code/,
  );
  assert.match(ofQuery(`rate(requests_total{${servers}, code="50"}[5m])`)[0] ?? "", /never "50"/);
  assert.match(ofQuery(`rate(connections{${servers}}[5m])`)[0] ?? "", /connections is a gauge/);
});

test("the cluster's label is there where several Prometheus are asked as one", () => {
  assert.deepEqual(ofQuery(`sum by (cluster) (connections{${servers}})`), []);
  assert.deepEqual(ofQuery('instance:connections:sum{cluster=~"$cluster"}'), []);
});

test("a query names the job that it reads, and the dashboard too", () => {
  assert.deepEqual(ofQuery("connections"), ["panel Processors, query A: connections names no job"]);
  assert.deepEqual(ofQuery('rate(calls_total{job="client"}[5m])'), [
    "panel Processors, query A: reads calls_total of job client, which the dashboard does not name in its jobs",
  ]);
  assert.deepEqual(ofQuery('rate(calls_total{job="client"}[5m])', { jobs: ["client"] }), []);
  assert.deepEqual(ofQuery("sum by (job) (up)"), [], "every target has it");
});

test("a variable asks for a label that is there", () => {
  const file = dashboardFile(plan());
  const asking = (definition: string) => {
    const list = file.dashboard.templating.list.map((variable) =>
      variable.type === "query" ? { ...variable, definition } : variable,
    );
    return messages(queryFindings([{ ...file, dashboard: { ...file.dashboard, templating: { list } } }], view, 15_000));
  };
  assert.deepEqual(asking(`label_values(connections{${servers}}, node)`), []);
  assert.match(asking(`label_values(connections{${servers}}, nod)`)[0] ?? "", /asks for the label nod/);
  assert.match(asking(`label_values(conections{${servers}}, node)`)[0] ?? "", /unknown metric conections/);
  assert.match(asking("label_names()")[0] ?? "", /is not label_values/);
});

test.run();
