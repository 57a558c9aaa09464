import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import { withLock } from "../../../scripts/lib/lock.js";

const name = `test-${process.pid}`;

test("one after the other, and the second is told that it waits", async () => {
  const seen: string[] = [];
  const first = withLock(
    name,
    () => seen.push("first waits"),
    async () => {
      seen.push("first begins");
      await sleep(20);
      seen.push("first ends");
    },
  );
  await sleep(5);
  const second = withLock(
    name,
    () => seen.push("second waits"),
    async () => seen.push("second begins"),
  );
  await Promise.all([first, second]);
  assert.deepEqual(seen, ["first begins", "second waits", "first ends", "second begins"]);
});

test("two long names are two locks", async () => {
  const long = `${name}/${"a long way down/".repeat(8)}`;
  const never = () => assert.fail("had to wait");
  await withLock(`${long}/one`, never, () => withLock(`${long}/two`, never, async () => undefined));
});

test("work that throws frees the lock", async () => {
  const never = () => assert.fail("had to wait");
  await assert.rejects(
    withLock(name, never, async () => {
      throw new Error("broken");
    }),
    /broken/,
  );
  assert.equal(await withLock(name, never, async () => "free"), "free");
});

test.run();
