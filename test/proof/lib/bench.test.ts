import assert from "node:assert/strict";
import { test } from "uvu";
import { median, rounds, table } from "../../../proof/lib/bench.js";

test("the median is the middle one, or what lies between the middle two", () => {
  assert.equal(median([3, 1, 20]), 3);
  assert.equal(median([4, 1, 2, 20]), 3);
  assert.equal(median([7]), 7);
});

test("each round runs every candidate, and takes the CPU time of its children too", async () => {
  const order: string[] = [];
  const busy = "i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done";
  const candidates = ["a", "b"].map((name) => ({
    name,
    command: ["sh", "-c", `sh -c '${busy}'; true`] as const,
    before: async () => {
      order.push(name);
    },
  }));
  const runs = await rounds(candidates, 2);
  assert.deepEqual(order, ["a", "b", "a", "b"]);
  for (const { wall, cpu } of [...runs.values()].flat()) {
    assert.ok(wall > 0);
    if (process.platform === "linux") assert.ok(cpu !== undefined && cpu > 0, `${cpu} s`);
  }
});

test("a candidate that fails ends it, and is named", async () => {
  await assert.rejects(rounds([{ name: "wrong", command: ["false"] }], 1), /wrong: false {2}?exited with 1/);
});

test("the others are compared with the first", () => {
  const runs = new Map([
    ["one", [{ wall: 2, cpu: 4 }]],
    ["two", [{ wall: 1, cpu: undefined }]],
  ]);
  assert.match(table(runs), /^two +1\.00 s +1\.00 s +unknown +0\.50 +unknown$/m);
});

test.run();
