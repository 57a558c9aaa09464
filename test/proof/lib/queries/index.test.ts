import assert from "node:assert/strict";
import { test } from "uvu";
import { defaults } from "../../../../generators/settings/index.js";
import { askAll, objections, queries } from "../../../../proof/lib/queries/index.js";
import type { PrometheusApi } from "../../../../scripts/lib/prometheus.js";

const all = queries(defaults);

/** A Prometheus that has nothing but the expressions that match. */
function having(pattern: RegExp): PrometheusApi {
  return {
    ...({} as PrometheusApi),
    instant: async (expression) => (pattern.test(expression) ? [{ metric: {}, value: [0, "1"] }] : []),
  };
}

test("rules and panels are asked for, with nothing left that only Grafana understands", () => {
  assert.ok(all.filter(({ kind }) => kind === "rule").length > 20);
  assert.ok(all.filter(({ kind }) => kind === "panel").length > 100);
  assert.deepEqual(
    all.filter(({ expression }) => expression.includes("$")),
    [],
  );
});

test("what gives nothing is an objection that names its file, unless it may", async () => {
  const [query] = all.filter(({ mayBeEmpty }) => mayBeEmpty === undefined);
  const declared = all.find(({ mayBeEmpty }) => mayBeEmpty !== undefined);
  assert.ok(query !== undefined && declared !== undefined);
  const [objection, ...others] = objections(await askAll([query, declared], having(/^$/)));
  assert.ok(objection?.startsWith(`${query.source}, ${query.kind} ${query.name} gives nothing`));
  assert.deepEqual(others, []);
  assert.deepEqual(objections(await askAll([query, declared], having(/./))), []);
});

test.run();
