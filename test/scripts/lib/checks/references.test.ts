import assert from "node:assert/strict";
import { test } from "uvu";
import { references } from "../../../../scripts/lib/checks/references.js";
import { deployment, messages, object } from "./fixtures.js";

const pod = deployment({}, { serviceAccountName: "app" });

test("a pod finds its ServiceAccount, and one that names none needs none", async () => {
  assert.deepEqual(await messages(references, pod, object("v1", "ServiceAccount", {}), deployment()), []);
});

test("a pod whose ServiceAccount is missing, or in another namespace, is wrong", async () => {
  const expected = [
    "Deployment monitoring/app: runs as ServiceAccount app, which the overlay does not render in monitoring",
  ];
  assert.deepEqual(await messages(references, pod), expected);
  const elsewhere = object("v1", "ServiceAccount", { namespace: "elsewhere" });
  assert.deepEqual(await messages(references, pod, elsewhere), expected);
});

test("a pod finds its PriorityClass, or has one of Kubernetes' own", async () => {
  const urgent = (priorityClassName: string) => deployment({}, { priorityClassName });
  const priorityClass = object("scheduling.k8s.io/v1", "PriorityClass", { namespace: undefined });
  assert.deepEqual(await messages(references, urgent("app"), priorityClass), []);
  assert.deepEqual(await messages(references, urgent("system-node-critical")), []);
  assert.deepEqual(await messages(references, urgent("app")), [
    "Deployment monitoring/app: has PriorityClass app, which the overlay does not render: no pod would be admitted",
  ]);
});

test("a StatefulSet finds the Service that governs it, in its own namespace", async () => {
  const { spec } = deployment() as unknown as { spec: object };
  const set = object("apps/v1", "StatefulSet", {}, { spec: { ...spec, serviceName: "app" } });
  const expected = [
    "StatefulSet monitoring/app: is governed by Service app, which the overlay does not render in monitoring",
  ];
  assert.deepEqual(await messages(references, set, object("v1", "Service", {})), []);
  assert.deepEqual(await messages(references, set), expected);
  assert.deepEqual(await messages(references, set, object("v1", "Service", { namespace: "elsewhere" })), expected);
});

test.run();
