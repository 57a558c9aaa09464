import assert from "node:assert/strict";
import { test } from "uvu";
import { fileOf, lanes } from "../../../../proof/lib/test/lanes.js";
import { testFiles } from "../../../../proof/lib/test/uvu.js";
import { placeOf } from "../../../../scripts/lib/cluster/layout.js";

test("every live test is in one lane, once", async () => {
  const inLanes = lanes.flatMap(({ files }) => files.map(fileOf));
  assert.deepEqual(inLanes.toSorted(), await testFiles("test/cluster"));
});

test("no two lanes share a cluster", () => {
  const ids = lanes.map(({ cluster }) => placeOf(cluster ?? null).id);
  assert.equal(new Set(ids).size, lanes.length);
});

test.run();
