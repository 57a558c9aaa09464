import assert from "node:assert/strict";
import { test } from "uvu";
import { duplicates } from "../../../../scripts/lib/checks/duplicates.js";
import { messages, object } from "./fixtures.js";

test("one name in two namespaces, kinds or groups is right", async () => {
  const objects = [
    object("v1", "Service", {}),
    object("v1", "ConfigMap", {}),
    object("v1", "ConfigMap", { namespace: "elsewhere" }),
    object("serving.example.test/v1", "Service", {}),
  ];
  assert.deepEqual(await messages(duplicates, ...objects), []);
});

test("one object twice is wrong, even in two versions of its group", async () => {
  const expected = ["Ingress monitoring/app: is rendered twice: the second would overwrite the first"];
  const ingress = (version: string) => object(`networking.k8s.io/${version}`, "Ingress", {});
  assert.deepEqual(await messages(duplicates, ingress("v1"), ingress("v1")), expected);
  assert.deepEqual(await messages(duplicates, ingress("v1"), ingress("v1beta1")), expected);
});

test.run();
