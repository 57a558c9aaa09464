import assert from "node:assert/strict";
import { test } from "uvu";
import { names } from "../../../../scripts/lib/checks/names.js";
import { deployment, messages, object } from "./fixtures.js";

test("names as Kubernetes wants them are right", async () => {
  const role = object("rbac.authorization.k8s.io/v1", "ClusterRole", {
    name: "plain-prometheus:app",
    namespace: undefined,
  });
  const labelled = object("v1", "ConfigMap", {
    name: "app.v1",
    labels: { "app.kubernetes.io/name": "app", empty: "" },
  });
  assert.deepEqual(await messages(names, deployment(), role, labelled), []);
});

test("a name that DNS does not know is wrong", async () => {
  assert.deepEqual(await messages(names, object("v1", "ConfigMap", { name: "My_App" })), [
    'ConfigMap monitoring/My_App: metadata.name: "My_App" is no valid name',
  ]);
});

test("what is right for a ConfigMap need not be for a Service", async () => {
  for (const name of ["app.v1", "1app", "a".repeat(64)]) {
    assert.deepEqual(await messages(names, object("v1", "ConfigMap", { name })), []);
    assert.equal((await messages(names, object("v1", "Service", { name }))).length, 1, name);
  }
});

test("namespaces, labels, containers, ports and volumes are looked at too", async () => {
  const wrong = [
    object("v1", "ConfigMap", { namespace: "my.namespace" }),
    object("v1", "ConfigMap", { labels: { app: "has space" } }),
    object("v1", "ConfigMap", { labels: { "-app": "app" } }),
    deployment({ name: "App" }),
    deployment({ ports: [{ name: "a-name-of-sixteen", containerPort: 80 }] }),
    deployment({ ports: [{ name: "8080", containerPort: 80 }] }),
    deployment({}, { volumes: [{ name: "data_1", emptyDir: {} }] }),
  ];
  for (const each of wrong) assert.equal((await messages(names, each)).length, 1, JSON.stringify(each));
});

test.run();
