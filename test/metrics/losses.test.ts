import assert from "node:assert/strict";
import { test } from "uvu";
import type { JobCatalogue } from "../../metrics/catalogue/types.js";
import { keeping, keepLists } from "../../metrics/keep-list.js";
import { losses } from "../../metrics/losses.js";
import type { RelabelStep } from "../../metrics/relabelling.js";

const metrics: JobCatalogue = {
  a: { type: "gauge", unit: "", help: "", labels: { state: ["off", "on"], name: null }, optional: ["name"] },
  b: { type: "histogram", unit: "", help: "", labels: { le: ["0.5", "1.0", "+Inf"] } },
  c: { type: "gauge", unit: "", help: "", labels: {} },
};

function lost(steps: readonly RelabelStep[], ...expressions: string[]): string[] {
  const reads = expressions.map((expr) => ({ expr, reader: expr }));
  return losses([{ job: "job", metrics, steps }], reads).flatMap((loss) => loss.lost.map(({ series }) => series));
}

/** The steps of a keep-list. */
function listOf(...expressions: string[]): readonly RelabelStep[] {
  const reads = expressions.map((expr) => ({ expr, reader: "" }));
  return keeping(keepLists([{ job: "job", metrics }], reads).get("job") ?? new Map());
}

test("what a keep-list was made of is kept by it", () => {
  const all = [
    ...['a{state="on", name!=""}', 'b_bucket{le="1.0"}', 'a{name=~"x.+"}', 'sum by (le) (b_bucket{le=~"0.5|1.0"})'],
    ...["b_sum", 'a{state=~"on|off", name="y"}', "{__name__=~'b_.+'}", "b"],
  ];
  for (const one of all) assert.deepEqual(lost(listOf(one), one), [], one);
  assert.deepEqual(lost(listOf(...all), ...all), []);
});

test("what a keep-list has no part of is lost: a name, a bucket, a value, what lacks the label", () => {
  const list = listOf('a{state="on", name!=""}', 'b_bucket{le="1.0"}');
  assert.deepEqual(lost(list, "c"), ["c"]);
  assert.deepEqual(lost(list, 'b_bucket{le="0.5"}'), ['b_bucket{le="0.5"}']);
  assert.deepEqual(lost(list, "b_bucket"), ['b_bucket{le="0.5"}']);
  assert.deepEqual(lost(list, 'a{state="off", name="x"}'), ['a{name="x", state="off"}']);
  assert.deepEqual(lost(list, 'a{state="on"}'), ['a{name="", state="on"}']);
  assert.deepEqual(lost(list, 'a{job="other", state="off"}', "unknown", '{job="job"}'), []);
});

test("what one selector reads of a job is one loss, whatever it names", () => {
  const reads = ['{__name__=~"[ac]"}', "a + c"].map((expr) => ({ expr, reader: expr }));
  const steps: RelabelStep[] = [{ action: "drop", source_labels: ["__name__"], regex: "a|c" }];
  assert.deepEqual(
    losses([{ job: "job", metrics, steps }], reads).map(({ reader, lost }) => [reader, lost.map(({ name }) => name)]),
    [
      ['{__name__=~"[ac]"}', ["a", "c"]],
      ["a + c", ["a"]],
      ["a + c", ["c"]],
    ],
  );
});

test("other steps may leave out what the cluster has, and nothing by name", () => {
  assert.deepEqual(lost([{ action: "drop", source_labels: ["name"], regex: "x.*" }], "a"), []);
  assert.deepEqual(lost([{ action: "keep", source_labels: ["name"], regex: "x.*" }], "a"), []);
  assert.deepEqual(
    lost([{ action: "drop", source_labels: ["__name__", "le"], regex: "b_bucket;0.5" }], "b_bucket", "c"),
    ['b_bucket{le="0.5"}'],
  );
  assert.deepEqual(lost([{ action: "keep", source_labels: ["__name__"], regex: "a|b" }], "a", "c"), ["c"]);
});

test.run();
