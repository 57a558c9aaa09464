import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "uvu";
import { temporaryFolder } from "../../../../scripts/lib/poc/folder.js";

test("what a killed run left behind is removed, what a living one uses and what others have is not", async () => {
  const within = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
  try {
    // Linux counts processes up to 4194304 at most.
    const left = join(within, "plain-prometheus-poc-4194305-abc");
    const used = join(within, `plain-prometheus-poc-${process.ppid}-abc`);
    const foreign = join(within, "4194305-abc");
    for (const folder of [left, used, foreign]) await mkdir(join(folder, "data"), { recursive: true });
    const mine = await temporaryFolder(within);
    assert.ok(basename(mine).startsWith(`plain-prometheus-poc-${process.pid}-`));
    assert.deepEqual([left, used, foreign, mine].map(existsSync), [false, true, true, true]);
  } finally {
    await rm(within, { recursive: true });
  }
});

test.run();
