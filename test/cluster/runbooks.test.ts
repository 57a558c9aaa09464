import assert from "node:assert/strict";
import { test } from "uvu";
import { cluster } from "../../scripts/lib/cluster/index.js";
import { devbox } from "./lib/devbox.js";
import { places, runRunbooks } from "./lib/runbooks.js";

// With overlays/prod: prod.test.ts.
test("every command of the runbooks works with overlays/devbox", async () => {
  await devbox();
  const running = await cluster.current();
  assert.ok(running);
  await runRunbooks(running, places.devbox);
});

test.run();
