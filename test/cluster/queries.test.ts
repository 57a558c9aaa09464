import assert from "node:assert/strict";
import { test } from "uvu";
import { defaults } from "../../generators/settings/index.js";
import { withSamples } from "../../proof/lib/catalogue/samples.js";
import {
  type Answered,
  askAll,
  askUntilAnswered,
  objections,
  queries,
  unhealthyGroups,
} from "../../proof/lib/queries/index.js";
import { answersTable, costOf, costTable, emptyTable } from "../../proof/lib/queries/report.js";
import { livePrometheus } from "../../proof/lib/queries/where.js";
import type { PrometheusApi } from "../../scripts/lib/prometheus.js";
import { devbox } from "./lib/devbox.js";

let prometheus: PrometheusApi;
let asked: readonly Answered[] = [];

test.before(async () => {
  const { kubectl } = await devbox();
  prometheus = await livePrometheus(kubectl, defaults.namespace);
  asked = await withSamples(kubectl, () => askUntilAnswered(queries(defaults), prometheus, 180_000));
});

test("every recording rule and every panel gives series, or says why it may not", () => {
  console.log(`${answersTable(asked)}\n\n${emptyTable(asked)}`);
  assert.deepEqual(objections(asked), []);
});

test("a metric that nobody exposes is found", async () => {
  const [query] = queries(defaults);
  assert.ok(query !== undefined);
  const misspelt = { ...query, mayBeEmpty: undefined, expression: "node_cpu_secnds_total" };
  assert.match(objections(await askAll([misspelt], prometheus)).join(), /gives nothing: node_cpu_secnds_total/);
});

test("no group of rules is unhealthy", async () => {
  assert.deepEqual(await unhealthyGroups(prometheus), []);
});

test("what rules and dashboards cost is measured", async () => {
  const cost = await costOf(asked, prometheus);
  console.log(costTable(cost));
  assert.ok(cost.rules > 0);
  for (const [title, share] of cost.dashboards) assert.ok(share > 0, title);
});

test.run();
