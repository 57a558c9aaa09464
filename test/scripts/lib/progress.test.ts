import assert from "node:assert/strict";
import { test } from "uvu";
import { duration } from "../../../scripts/lib/progress.js";

test("durations are said as people say them", () => {
  assert.deepEqual([0.4, 8, 60, 100, 420].map(duration), ["0s", "8s", "1m", "1m 40s", "7m"]);
});

test.run();
