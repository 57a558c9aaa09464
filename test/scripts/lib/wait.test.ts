import assert from "node:assert/strict";
import { test } from "uvu";
import { lookUntil, waitFor } from "../../../scripts/lib/wait.js";

const otherwise = () => new Error("it did not come");

/** Gives one thing after the other, and then the last again and again. */
function giving<T>(...all: readonly T[]): { look: () => T; looks: () => number } {
  let looks = 0;
  return { look: () => all[Math.min(looks++, all.length - 1)] as T, looks: () => looks };
}

test("it is looked until there is something, and that is given; 0 and an empty text are something", async () => {
  for (const [found, all] of [
    [0, [undefined, false, 0] as const],
    ["", [undefined, "" as const] as const],
  ] as const) {
    const { look, looks } = giving<unknown>(...all);
    assert.equal(await waitFor(look, { seconds: 5, pauseMilliseconds: 1, otherwise }), found);
    assert.equal(looks(), all.length);
  }
});

test("when the time is over, the reason is made of what is so then", async () => {
  const { look, looks } = giving(undefined);
  const reason = async () => new Error(`looked ${looks()} times`);
  await assert.rejects(waitFor(look, { seconds: 0, otherwise: reason }), /looked 1 times/);
  await assert.rejects(waitFor(look, { seconds: 0.02, pauseMilliseconds: 500, otherwise: reason }), /looked 3 times/);
});

test("an error of the look ends it, and so does the signal", async () => {
  const broken = () => Promise.reject(new Error("broken"));
  await assert.rejects(waitFor(broken, { seconds: 5, otherwise }), /broken/);
  const over = new AbortController();
  const waiting = waitFor(() => undefined, { seconds: 5, signal: over.signal, otherwise });
  over.abort();
  await assert.rejects(waiting, { name: "AbortError" });
});

test("what was seen last is given where it is not enough", async () => {
  const enough = (seen: number) => seen > 2;
  assert.equal(await lookUntil(giving(1, 2, 3).look, enough, { seconds: 5, pauseMilliseconds: 1 }), 3);
  assert.equal(await lookUntil(giving(1, 2).look, enough, { seconds: 0.02, pauseMilliseconds: 5 }), 2);
});

test.run();
