import assert from "node:assert/strict";
import { test } from "uvu";
import { images } from "../../../../scripts/lib/checks/images.js";
import { deployment, messages } from "./fixtures.js";

test("a tag, a tag behind a registry's port, and a digest are versions", async () => {
  for (const image of ["app:v1", "registry.test:5000/app:1.2.3", `app@sha256:${"0a".repeat(32)}`]) {
    assert.deepEqual(await messages(images, deployment({ image })), []);
  }
});

test("no tag, latest, and a registry's port alone are no versions", async () => {
  for (const image of ["app", "registry.test/app:latest", "registry.test:5000/app", "app@sha256:0a", "app:"]) {
    assert.deepEqual(await messages(images, deployment({ image })), [
      `Deployment monitoring/app: container app runs ${image}, which says no version`,
    ]);
  }
});

test("containers that run before the others are looked at too", async () => {
  const pod = { initContainers: [{ name: "first", image: "first" }] };
  assert.equal((await messages(images, deployment({}, pod))).length, 1);
});

test.run();
