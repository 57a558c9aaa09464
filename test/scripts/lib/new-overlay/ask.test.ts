import assert from "node:assert/strict";
import { test } from "uvu";
import { Failure } from "../../../../scripts/lib/failure.js";
import { planFrom } from "../../../../scripts/lib/new-overlay/ask.js";
import type { Answers } from "../../../../scripts/lib/new-overlay/choices.js";
import { offer } from "../../../../scripts/lib/new-overlay/components.js";

const there = offer();

/** Answers in their order, and what was asked and told meanwhile: the first word of each. */
async function conversation(typed: readonly string[], said: Partial<Answers> = {}) {
  const left = [...typed];
  const heard: string[] = [];
  const ask = async (text: string) => {
    heard.push(`? ${text.trimEnd().split("\n").at(-1)?.split(/[ :,]/)[0]}`);
    return left.shift() ?? "";
  };
  const plan = await planFrom("mine", said, there, ask, (problem) => heard.push(`! ${problem}`));
  return { plan, heard };
}

test("who presses Enter is asked each question once", async () => {
  const { plan, heard } = await conversation([]);
  assert.deepEqual(heard, ["? platform", "? namespace", "? namespace", "? where", "? features"]);
  assert.equal(plan.namespace, "monitoring");
});

test("an answer that cannot be is asked for again at once, with what would be right", async () => {
  const { plan, heard } = await conversation(["k4s", "k3s", "Mine", "mine"]);
  assert.deepEqual(heard.filter((line) => line.startsWith("?")).slice(0, 4), [
    "? platform",
    "? platform",
    "? namespace",
    "? namespace",
  ]);
  assert.match(heard[1] ?? "", /^! there is no platform "k4s": platforms: other, .*k3s/);
  assert.match(heard[4] ?? "", /^! a namespace cannot be called "Mine": small letters/);
  assert.deepEqual([plan.namespace, plan.components.includes("platform-k3s")], ["mine", true]);
});

test("what was said is not asked for, and is held against every answer", async () => {
  const { plan, heard } = await conversation(["", "", "", "none", "default", "x", "20Gi"], {
    features: "prometheus-ha",
  });
  assert.ok(!heard.includes("? features"));
  assert.match(heard.find((line) => line.startsWith("! prom")) ?? "", /prometheus-ha keeps samples on volumes/);
  assert.match(heard.find((line) => line.startsWith("! the vol")) ?? "", /size is "x"/);
  assert.equal(plan.components.includes("prometheus-ha"), true);
});

test("what was said and cannot be is refused before anything is asked", async () => {
  let questions = 0;
  const ask = async () => `${questions++}`;
  await assert.rejects(planFrom("mine", { features: "grafanna" }, there, ask), (error) => error instanceof Failure);
  assert.equal(questions, 0);
});

test.run();
