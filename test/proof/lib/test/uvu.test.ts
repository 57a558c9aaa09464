import assert from "node:assert/strict";
import { test } from "uvu";
import { count } from "../../../../proof/lib/test/uvu.js";

const summary = (total: number, passed: number, skipped = 0) =>
  `\n  Total:     ${total}\n  Passed:    ${passed}\n  Skipped:   ${skipped}\n  Duration:  1ms\n`;

test("a green run counts what passed", () => {
  const output = `test/a.test.ts\n• •   (2 / 2)\n\ntest/b.test.ts\n•   (1 / 1)\n${summary(3, 3)}`;
  assert.deepEqual(count(output, ["test/a.test.ts", "test/b.test.ts"], 0), {
    passed: 3,
    failed: 0,
    skipped: 0,
    problems: [],
  });
});

test("a failed test is counted", () => {
  const output = `test/a.test.ts\n• ✘   (1 / 2)\n${summary(2, 1)}`;
  assert.equal(count(output, ["test/a.test.ts"], 1).failed, 1);
});

test("a file that forgets test.run() is a failure, though uvu exits 0", () => {
  const output = `test/a.test.ts\n\ntest/b.test.ts\n•   (1 / 1)\n${summary(1, 1)}`;
  const result = count(output, ["test/a.test.ts", "test/b.test.ts"], 0);
  assert.equal(result.failed, 1);
  assert.match(result.problems[0] ?? "", /test\/a\.test\.ts ran no test/);
});

test("no file at all is a failure", () => {
  assert.equal(count("", [], 0).failed, 1);
});

test("a before hook that throws leaves tests that never ran: a failure, though uvu exits 0", () => {
  const output = `test/a.test.ts\n  (0 / 2)\n${summary(2, 0)}`;
  assert.equal(count(output, ["test/a.test.ts"], 0).failed, 2);
});

test("a run that dies before its summary is a failure", () => {
  assert.ok(count("test/a.test.ts\n•", ["test/a.test.ts"], 1).failed >= 1);
});

test("skipped tests are counted", () => {
  const output = `test/a.test.ts\n•   (1 / 1)\n${summary(1, 1, 2)}`;
  assert.equal(count(output, ["test/a.test.ts"], 0).skipped, 2);
});

test.run();
