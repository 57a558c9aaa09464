import assert from "node:assert/strict";
import { test } from "uvu";
import { variables } from "../../../../scripts/lib/checks/variables.js";
import { deployment, messages, object } from "./fixtures.js";

const env = [{ name: "RETENTION", value: "2d" }];
const configMap = object("v1", "ConfigMap", {}, { data: { RETENTION: "2d" } });

test("a variable of an argument may come from env, a ConfigMap or a Secret", async () => {
  const args = ["--keep=$(RETENTION)", "--api=$(KUBERNETES_SERVICE_HOST)", "--text=$$(NOT_MEANT)"];
  for (const from of [
    { env },
    { envFrom: [{ configMapRef: { name: "app" } }] },
    { envFrom: [{ secretRef: { name: "of-the-cluster" } }] },
    { env: [{ name: "RETENTION", valueFrom: { configMapKeyRef: { name: "app", key: "RETENTION" } } }] },
  ]) {
    assert.deepEqual(await messages(variables, deployment({ args, ...from }), configMap), []);
  }
});

test("a variable that the container does not have is wrong, in args and in command", async () => {
  const expected = [
    "Deployment monitoring/app: container app has --keep=$(RETENTION_TIME), but no variable RETENTION_TIME: it would stay as it is written",
  ];
  assert.deepEqual(await messages(variables, deployment({ args: ["--keep=$(RETENTION_TIME)"], env })), expected);
  assert.deepEqual(await messages(variables, deployment({ command: ["--keep=$(RETENTION_TIME)"], env })), expected);
});

test("a variable from a ConfigMap that is not rendered is wrong, alone and with all others", async () => {
  const alone = { env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "app", key: "MISSING" } } }] };
  assert.deepEqual(await messages(variables, deployment(alone), configMap), [
    "Deployment monitoring/app: variable A of container app reads MISSING of ConfigMap app, which the overlay does not render",
  ]);
  assert.deepEqual(await messages(variables, deployment({ envFrom: [{ configMapRef: { name: "app" } }] })), [
    "Deployment monitoring/app: container app takes its variables from ConfigMap app, which the overlay does not render",
  ]);
});

test.run();
