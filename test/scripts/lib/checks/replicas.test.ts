import assert from "node:assert/strict";
import { test } from "uvu";
import { replicas } from "../../../../scripts/lib/checks/replicas.js";
import { deployment, messages } from "./fixtures.js";

test("one replica, or no word about it, is right", async () => {
  assert.deepEqual(await messages(replicas, deployment({}, {}, { replicas: 1 }), deployment()), []);
});

test("negative replicas and none at all are wrong", async () => {
  assert.deepEqual(await messages(replicas, deployment({}, {}, { replicas: -1 })), [
    "Deployment monitoring/app: has replicas: -1, so nothing runs",
  ]);
  assert.equal((await messages(replicas, deployment({}, {}, { replicas: 0 }))).length, 1);
});

test.run();
