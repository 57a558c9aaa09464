import assert from "node:assert/strict";
import { test } from "uvu";
import type { Query } from "../../../../../scripts/lib/cost/queries.js";
import { answerOf, difference } from "../../../../../scripts/lib/cost/replay/answers.js";
import { excuse, levels, paired } from "../../../../../scripts/lib/cost/replay/index.js";
import { printedReplay } from "../../../../../scripts/lib/cost/replay/report.js";

const record = (name: string, expression: string): Query => ({
  kind: "record",
  of: "a.yml: a",
  name,
  expression,
  labels: {},
});

const answer = (...values: readonly string[]) =>
  answerOf(values.map((value, index) => ({ metric: { le: `${index}`, job: "a" }, values: [[10, value]] })));

test("the same series with the same values do not differ", () => {
  assert.equal(difference(answer("1", "2"), answer("1", "2")), undefined);
  assert.equal(difference(answer("0.1"), answer("0.10000000000000002")), undefined);
  assert.equal(difference(answer("NaN"), answer("NaN")), undefined);
});

test("a lost series, a new one and another value are told with their labels", () => {
  assert.match(difference(answer("1", "2"), answer("1")) ?? "", /1 of 2 series are lost, such as .*"le","1"/);
  assert.match(difference(answer("1"), answer("1", "2")) ?? "", /1 series are there that were not/);
  assert.match(difference(answer("1"), answer("1.001")) ?? "", /is 1\.001 in place of 1$/);
  assert.match(difference(answer("1"), answer("NaN")) ?? "", /is NaN in place of 1$/);
});

test("series alone are compared where values cannot be the same", () => {
  assert.equal(difference(answer("1"), answer("2"), false), undefined);
  assert.notEqual(difference(answer("1"), answer(), false), undefined);
});

test("only what counts every series, or reads the scrape itself, is excused", () => {
  assert.match(excuse(record("a", 'count({job="kubelet"})')) ?? "", /every series/);
  assert.match(excuse(record("a", "sum(scrape_samples_scraped)")) ?? "", /scrape_samples_scraped/);
  assert.equal(excuse(record("a", 'up == 1 and {__name__="b"}')), undefined);
});

test("rules come after those that they read", () => {
  const rules = [record("c", "b + a"), record("b", "rate(a[5m])"), record("a", "sum(x)")];
  const found = levels(rules.map((rule) => [rule, rule] as const));
  assert.deepEqual(
    found.map((level) => level.map(([{ name }]) => name)),
    [["a"], ["b"], ["c"]],
  );
});

test("a query that one form lacks is named", () => {
  const [a, b] = [record("a", "x"), record("b", "x")];
  assert.deepEqual(paired([a, b], [b, a]), [
    [a, a],
    [b, b],
  ]);
  assert.throws(() => paired([a, b], [a]), /record b of a\.yml: a is in one form of the stack only/);
});

test("the report names each query that differs, and too much waste", () => {
  const lost = { kind: "panel" as const, of: "Nodes", name: "Load, query A", expression: "a\n+ b", message: "lost" };
  const text = printedReplay({ queries: 3, answered: 2, differences: [lost], excused: [] }, 1.2);
  assert.match(text, /panel Load, query A \(Nodes\): lost\n\s+a \+ b/);
  assert.match(text, /2 of 3 queries give the same/);
  assert.match(text, /waste by name of the jobs that are read is 1\.20, and may be 1\.05 at most/);
});

test.run();
