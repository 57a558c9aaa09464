import assert from "node:assert/strict";
import { test } from "uvu";
import { Failure } from "../../../../scripts/lib/failure.js";
import { type Report, reportOf } from "../../../../scripts/lib/verify/report.js";
import { untilOk } from "../../../../scripts/lib/verify/until-ok.js";

const good = reportOf("overlays/devbox", [], [{ pod: "prometheus-0", jobs: [], problems: [] }]);
const bad = reportOf("overlays/devbox", [], []);
const silence = new Failure("the cluster does not answer");

/** Looks that see one thing after the other, and then the last one for ever. */
function looks(...seen: readonly (Report | Error)[]) {
  let count = 0;
  const look = async () => {
    const next = seen[Math.min(count, seen.length - 1)];
    count += 1;
    if (next === undefined || next instanceof Error) throw next;
    return next;
  };
  return { look, count: () => count };
}

test("without a wait there is one look, whatever it sees", async () => {
  const { look, count } = looks(bad, good);
  assert.equal(await untilOk(look, 0, undefined, 1), bad);
  assert.equal(count(), 1);
});

test("what holds at once is not waited for", async () => {
  const { look, count } = looks(good);
  const told: Report[] = [];
  assert.equal(await untilOk(look, 10_000, (report) => told.push(report), 1), good);
  assert.equal(count(), 1);
  assert.deepEqual(told, []);
});

test("it looks again until everything holds, and tells what it waits for", async () => {
  const { look } = looks(bad, bad, good);
  const told: Report[] = [];
  assert.equal(await untilOk(look, 10_000, (report) => told.push(report), 1), good);
  assert.deepEqual(told, [bad, bad]);
});

test("when the time is over, the last report says what is wrong", async () => {
  assert.equal(await untilOk(looks(bad).look, 20, undefined, 5), bad);
});

test("a cluster that does not answer for a while is waited for, one that never did is not", async () => {
  assert.equal(await untilOk(looks(bad, silence, good).look, 10_000, undefined, 1), good);
  await assert.rejects(untilOk(looks(silence).look, 10_000, undefined, 1), /does not answer/);
  await assert.rejects(untilOk(looks(bad, silence).look, 20, undefined, 5), /does not answer/);
});

test("a defect is not waited out", async () => {
  await assert.rejects(untilOk(looks(bad, new TypeError("defect"), good).look, 10_000, undefined, 1), /defect/);
});

test.run();
