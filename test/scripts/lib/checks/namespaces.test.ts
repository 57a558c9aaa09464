import assert from "node:assert/strict";
import { test } from "uvu";
import { namespaces } from "../../../../scripts/lib/checks/namespaces.js";
import { messages, object, rendered } from "./fixtures.js";

const configMap = object("v1", "ConfigMap", {});
const made = object("v1", "Namespace", { namespace: undefined, name: "monitoring" });

test("a namespace that the overlay makes, that it names, or that every cluster has is right", async () => {
  assert.deepEqual(await messages(namespaces, configMap, made), []);
  assert.deepEqual(await namespaces.run({ ...rendered(configMap), namespace: "monitoring" }), []);
  assert.deepEqual(await messages(namespaces, object("v1", "Service", { namespace: "kube-system" })), []);
});

test("a namespace that nobody makes is wrong", async () => {
  assert.deepEqual(await messages(namespaces, configMap), [
    "ConfigMap monitoring/app: is in namespace monitoring, which the overlay neither makes nor names",
  ]);
});

test("an object of a namespace that says none is wrong, one outside namespaces is not", async () => {
  const nowhere = { namespace: undefined };
  assert.deepEqual(await messages(namespaces, object("v1", "ConfigMap", nowhere)), [
    "ConfigMap app: says no namespace, and would land in whichever the user's context has",
  ]);
  assert.deepEqual(await messages(namespaces, object("rbac.authorization.k8s.io/v1", "ClusterRole", nowhere)), []);
});

test.run();
