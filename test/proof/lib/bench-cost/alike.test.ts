import assert from "node:assert/strict";
import { test } from "uvu";
import { inStep, likeness, likenessLines } from "../../../../proof/lib/bench-cost/alike.js";
import type { Query } from "../../../../scripts/lib/cost/queries.js";
import type { PrometheusApi } from "../../../../scripts/lib/prometheus.js";

const query = (kind: Query["kind"], name: string, expression: string): Query => ({
  kind,
  of: "a.yml: a",
  name,
  expression,
  labels: {},
});

type Answers = Readonly<Record<string, (instant: number) => Readonly<Record<string, number>>>>;

/** A Prometheus that gives values by the label `job`; nothing where it knows no answer. */
function prometheus(answers: Answers): PrometheusApi {
  const refuse = () => assert.fail("not asked for");
  return {
    name: "here",
    get: refuse,
    targets: refuse,
    value: refuse,
    range: refuse,
    rules: refuse,
    metrics: refuse,
    instant: async (expression, time = 0) =>
      Object.entries(answers[expression]?.(time) ?? {}).map(([job, value]) => ({
        metric: { job },
        value: [time, `${value}`],
      })),
  };
}

async function compared(queries: readonly Query[], full: Answers, lean: Answers, instants: readonly number[] = [30]) {
  return await likeness({ queries, api: prometheus(full) }, { queries, api: prometheus(lean) }, instants);
}

test("values within a scrape's jitter are the same, and so is nothing in both", async () => {
  const queries = [query("record", "near", "sum(a)"), query("panel", "empty", "sum(b)")];
  const found = await compared(queries, { "sum(a)": () => ({ x: 100 }) }, { "sum(a)": () => ({ x: 104 }) });
  assert.deepEqual(found, { queries: 2, answered: 1, unlike: [] });
  assert.match(likenessLines(found).join("\n"), /^2 of 2 the same, of which 1 gave series: .* within 5 %\.$/);
});

test("a difference is named, and one that is gone at another instant is none", async () => {
  const queries = [query("record", "far", "sum(a)")];
  const full: Answers = { "sum(a)": () => ({ x: 100 }) };
  const far = await compared(queries, full, { "sum(a)": () => ({ x: 110 }) });
  assert.deepEqual(
    far.unlike.map(({ name, lost }) => [name, lost]),
    [["far", false]],
  );
  assert.match(likenessLines(far)[1] ?? "", /^- differs: record far \(a\.yml: a\): .*is 110 in place of 100$/);
  const jitter: Answers = { "sum(a)": (instant) => ({ x: instant === 30 ? 110 : 100 }) };
  assert.deepEqual((await compared(queries, full, jitter, [30, 20])).unlike, []);
});

test("one series less is a difference, and none at all is a loss: also of what a silent alert compares", async () => {
  const alert = query("alert", "Silent", "sum(a) > 200");
  const full: Answers = { "sum(a)": () => ({ x: 100, y: 100 }) };
  const fewer = await compared([alert], full, { "sum(a)": () => ({ x: 100 }) });
  assert.deepEqual(
    fewer.unlike.map(({ name, lost }) => [name, lost]),
    [["Silent", false]],
  );
  const lost = await compared([alert], full, {});
  assert.deepEqual(
    lost.unlike.map(({ name, lost }) => [name, lost]),
    [["Silent", true]],
  );
  assert.match(likenessLines(lost)[1] ?? "", /^- given by one form alone: alert Silent/);
});

test("what is asked of both is scraped alike, however each form would have it", () => {
  const config = { global: { scrape_interval: "30s" }, scrape_configs: [{ job_name: "a", scrape_interval: "10s" }] };
  const { config: same, groups } = inStep({ name: "lean", config, groups: [{ name: "g" }], queries: [] });
  assert.deepEqual(same, {
    global: { scrape_interval: "15s", evaluation_interval: "5s" },
    scrape_configs: [{ job_name: "a" }],
  });
  assert.deepEqual(groups, [{ name: "g", interval: "5s" }]);
});

test.run();
