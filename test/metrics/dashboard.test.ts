import assert from "node:assert/strict";
import { test } from "uvu";
import { dashboardReads } from "../../metrics/dashboard.js";

test("a dashboard reads what its panels, annotations and variables ask for, also in collapsed rows", () => {
  const dashboard = {
    title: "Mine",
    annotations: { list: [{ name: "Deploys", expr: "changes(a[5m])" }] },
    templating: {
      list: [
        { type: "query", name: "pod", query: { query: 'label_values(b{namespace=~"$namespace"}, pod)' } },
        { type: "query", name: "old", query: "query_result(topk(1, c))" },
        { type: "query", name: "labels", query: "label_values(namespace)" },
        { type: "query", name: "metrics", query: "metrics(d.*)" },
        { type: "custom", name: "custom", query: "label_values(e, f)" },
      ],
    },
    panels: [
      { title: "One", targets: [{ expr: "rate(f[$__rate_interval])" }, { refId: "B" }] },
      { title: "Row", type: "row", panels: [{ title: "Two", targets: [{ expr: "g" }] }] },
    ],
  };
  assert.deepEqual(
    dashboardReads(dashboard).map(({ expr, reader }) => `${reader}: ${expr.replace(/ +\]/, "]")}`),
    [
      "a query of dashboard Mine: changes(a[5m])",
      "panel One of dashboard Mine: rate(f[240000ms])",
      "panel Two of dashboard Mine: g",
      'variable pod of dashboard Mine: b{namespace=~"$namespace"}',
      "variable old of dashboard Mine: topk(1, c)",
    ],
  );
});

test("empty queries, holes and queries of logs are not read, and queries of metrics beside them are", () => {
  const loki = { type: "loki", uid: "logs" };
  const dashboard = {
    templating: { list: [null, { type: "query", query: 5 }] },
    panels: [
      null,
      { title: "Logs", datasource: loki, targets: [{ expr: '{app="a"} |= "b"' }] },
      {
        title: "Both",
        datasource: { type: "datasource", uid: "-- Mixed --" },
        targets: [{ expr: "" }, { datasource: loki, expr: "{}" }, { datasource: { type: "prometheus" }, expr: "a" }],
      },
      { title: "Old", datasource: "Prometheus", targets: [{ expr: "b" }] },
    ],
  };
  assert.deepEqual(
    dashboardReads(dashboard).map(({ expr }) => expr),
    ["a", "b"],
  );
});

test("what is no dashboard reads nothing", () => {
  for (const nothing of [null, undefined, 1, "a", [], {}]) assert.deepEqual(dashboardReads(nothing), []);
});

test.run();
