import assert from "node:assert/strict";
import { test } from "uvu";
import { conditional, withConditional } from "../../../metrics/catalogue/conditional.js";
import { readCatalogues } from "../../../scripts/lib/read-catalogues.js";

const recorded = { a: { type: "gauge", unit: "", help: "", labels: { reason: ["X"], node: null } } } as const;
const said = { job: "j", type: "gauge", reason: "", source: "" } as const;

test("a declared metric is there beside the recorded ones", () => {
  const all = withConditional("j", recorded, [{ ...said, metric: "b", labels: { device: null } }]);
  assert.deepEqual(Object.keys(all), ["a", "b"]);
  assert.deepEqual(all.b?.labels, { device: null });
});

test("declared values are added to recorded ones, and declared labels are not always there", () => {
  const all = withConditional("j", recorded, [{ ...said, metric: "a", labels: { reason: ["Y"], zone: null } }]);
  assert.deepEqual(all.a?.labels, { reason: ["X", "Y"], node: null, zone: null });
  assert.deepEqual(all.a?.optional, ["zone"]);
});

test("what is declared of another job is not there", () => {
  assert.deepEqual(withConditional("k", recorded, [{ ...said, metric: "b", labels: {} }]), recorded);
});

test("a declaration that contradicts the recording is an error", () => {
  const declared = [{ ...said, type: "counter", metric: "a", labels: {} }] as const;
  assert.throws(
    () => withConditional("j", recorded, declared),
    /a of job j is declared a counter, and was recorded as a gauge/,
  );
});

test("every declaration agrees with the recordings and says why and where from", async () => {
  const catalogues = await readCatalogues();
  for (const [job, catalogue] of catalogues) assert.ok(withConditional(job, catalogue));
  for (const { metric, reason, source } of conditional) {
    assert.notEqual(reason, "", metric);
    assert.match(source, /^https:\/\//, metric);
  }
});

test.run();
