import assert from "node:assert/strict";
import { test } from "uvu";
import { quantities } from "../../../../scripts/lib/checks/quantities.js";
import { deployment, messages, object } from "./fixtures.js";

const asking = (requests: object, limits: object = {}) => deployment({ resources: { requests, limits } });
const claim = (storage: string) =>
  object("v1", "PersistentVolumeClaim", {}, { spec: { resources: { requests: { storage } } } });

test("quantities in all their forms are right", async () => {
  assert.deepEqual(await messages(quantities, asking({ cpu: "250m", memory: "512Mi" }, { cpu: 1, memory: "1G" })), []);
  assert.deepEqual(await messages(quantities, claim("5e9")), []);
});

test("what is no quantity is wrong, in a container, a volume and a claim", async () => {
  assert.deepEqual(await messages(quantities, asking({ memory: "512 MB" })), [
    'Deployment monitoring/app: container app, request: memory "512 MB" is no quantity',
  ]);
  assert.deepEqual(
    await messages(quantities, deployment({}, { volumes: [{ name: "data", emptyDir: { sizeLimit: "3GiB" } }] })),
    ['Deployment monitoring/app: volume data: sizeLimit "3GiB" is no quantity'],
  );
  assert.deepEqual(await messages(quantities, claim("-5Gi")), [
    'PersistentVolumeClaim monitoring/app: claim, request: storage "-5Gi" is no quantity',
  ]);
});

test("thousandths of a byte are wrong", async () => {
  assert.deepEqual(await messages(quantities, asking({ memory: "512m" })), [
    'Deployment monitoring/app: container app, request: memory "512m" is 0.512 bytes: m means thousandths',
  ]);
});

test("a request above its limit is wrong", async () => {
  assert.deepEqual(await messages(quantities, asking({ memory: "2Gi" }, { memory: "2G" })), [
    "Deployment monitoring/app: container app requests memory 2Gi, more than its limit 2G",
  ]);
});

test.run();
