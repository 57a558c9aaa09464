import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import type { Failure } from "../../../../scripts/lib/failure.js";
import { start } from "../../../../scripts/lib/poc/program.js";

test("a program that ends by itself is reported with what it said last", async () => {
  const failure = await new Promise<Failure>((resolve) => {
    start("the exporter", "sh", ["-c", "echo no such flag >&2; exit 3"], "/", resolve);
  });
  assert.equal(failure.message, "the exporter ended by itself (3):\nno such flag");
});

test("a program that is not there is reported", async () => {
  const failure = await new Promise<Failure>((resolve) => {
    start("the exporter", "/no/such/program", [], "/", resolve);
  });
  assert.match(failure.message, /^the exporter .*\/no\/such\/program/s);
});

test("a stopped program is gone and not reported", async () => {
  const failures: Failure[] = [];
  const program = start("sleep", "sleep", ["600"], "/", (failure) => failures.push(failure));
  assert.ok(await runs(program.pid));
  await program.stop();
  assert.equal(existsSync(`/proc/${program.pid}`), false);
  assert.deepEqual(failures, []);
});

async function runs(pid: number | undefined): Promise<boolean> {
  await sleep(50);
  return existsSync(`/proc/${pid}`);
}

test.run();
