import assert from "node:assert/strict";
import { test } from "uvu";
import { type Endured, faults, objections, type Scene, scene } from "../../proof/lib/faults/index.js";
import { cluster } from "../../scripts/lib/cluster/index.js";

let all: Scene;

test.before(async () => {
  // Faults are over sooner: what one costs at the interval of lean is measured for docs/reliability.md.
  all = await scene("20s");
});

test.after(async () => {
  // Its volumes are small and used.
  await cluster.stop();
});

for (const fault of faults) {
  test(fault.name, async () => {
    check(await all.endure(fault));
  });
}

test("a token that is replaced costs nothing", async () => {
  check(await all.token());
});

/** Generous, since the machine may be slow: how much is lost is measured for docs/reliability.md. */
const atMostSeconds = 180;

function check(endured: Endured): void {
  assert.deepEqual(objections(endured), []);
  assert.ok(endured.missing.length > 0, "nothing was scraped at all");
  for (const { job, inOne, inAll } of endured.missing) {
    assert.ok(
      inOne <= atMostSeconds && inAll <= atMostSeconds,
      `${job} misses ${inOne} s in a replica, ${inAll} s in both`,
    );
  }
}

test.run();
