import assert from "node:assert/strict";
import fc from "fast-check";
import { test } from "uvu";
import type { Settings } from "../../generators/settings/index.js";
import { bundleProblems, read } from "../lib/bundle-problems.js";
import { garbage, oddSettings } from "../lib/odd-settings.js";

/** The same inputs every time; odd-settings.test.ts has more. */
const seed = 1;

test("whatever comes in gives settings, or errors that name what is wrong", () => {
  fc.assert(
    fc.property(fc.oneof(garbage, oddSettings), (input) => {
      read(input);
    }),
    { seed, numRuns: 300 },
  );
});

test("odd settings are refused, or give objects in which nothing is wrong", async () => {
  const taken = fc.sample(oddSettings, { seed, numRuns: 28 }).map(read).filter(areSettings);
  assert.ok(taken.length >= 4, `only ${taken.length} were taken`);
  for (const settings of taken) assert.deepEqual(await bundleProblems(settings), []);
});

test("an error that names nothing of the input is found", () => {
  const broken = {
    get runbooks(): string {
      throw new Error("boom");
    },
  };
  assert.throws(() => read(broken), /names nothing: boom/);
  assert.deepEqual(read({ prometheus: { replicas: -1 } }), ['setting "prometheus.replicas" is -1: must be at least 1']);
});

function areSettings(result: Settings | readonly string[]): result is Settings {
  return !Array.isArray(result);
}

test.run();
