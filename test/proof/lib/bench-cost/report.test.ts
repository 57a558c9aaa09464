import assert from "node:assert/strict";
import { test } from "uvu";
import type { Cost } from "../../../../proof/lib/bench-cost/contest.js";
import { costTable, missedGoals } from "../../../../proof/lib/bench-cost/report.js";

const reference: Cost = {
  name: "kube-prometheus",
  headSeries: 50_000,
  wasteByName: Number.NaN,
  wasteBySelector: Number.NaN,
  appendedPerSecond: 1700,
  memoryAboveEmpty: 120e6,
  walBytesPerSecond: 9000,
  ruleSeconds: 1,
  scrapedBytesPerSecond: 300e3,
  wireBytesPerSecond: 100e3,
  cpuSeconds: 1,
};

const prod: Cost = {
  name: "overlays/prod",
  headSeries: 3500,
  wasteByName: 1.02,
  wasteBySelector: 1.1,
  appendedPerSecond: 120,
  memoryAboveEmpty: 30e6,
  walBytesPerSecond: 1000,
  ruleSeconds: 0.4,
  scrapedBytesPerSecond: 100e3,
  wireBytesPerSecond: 50e3,
  cpuSeconds: 0.5,
};

test("each figure has its goal beside it", () => {
  const lines = costTable([prod, reference]).split("\n");
  assert.equal(lines[0], "|  | overlays/prod | kube-prometheus | goal of overlays/prod |");
  assert.ok(lines.includes("| head series | 3,500 (0.07) | 50,000 | (0.09) |"), lines.join("\n"));
  assert.ok(lines.includes("| kept for one of a name that is read | 1.02 | not known | 1.02 |"));
  assert.ok(lines.includes("| on the wire, kB a second | 50 (0.50) | 100 |  |"));
});

test("a goal that is missed is named with the reason, and one that is reached is not", () => {
  assert.deepEqual(missedGoals([prod, reference]), []);
  const missed = missedGoals([{ ...prod, memoryAboveEmpty: 60e6, wasteByName: 1.07 }, reference]);
  assert.equal(missed.length, 2);
  assert.match(missed[0] ?? "", /^kept for one of a name that is read: 1\.07 in place of 1\.02, as what people ask/);
  assert.match(missed[1] ?? "", /^memory above an empty one, MB \(RSS, median\): 0\.50 in place of 0\.33, as /);
});

test("a goal beside something that was not measured is not reached", () => {
  const [line] = missedGoals([prod, { ...reference, ruleSeconds: 0 }]);
  assert.match(
    line ?? "",
    /^rule evaluation, seconds in the run: not to be had in place of 0\.41, as .* without a checkout/,
  );
});

test.run();
