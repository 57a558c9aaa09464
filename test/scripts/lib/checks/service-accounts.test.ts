import assert from "node:assert/strict";
import { test } from "uvu";
import { serviceAccounts } from "../../../../scripts/lib/checks/service-accounts.js";
import { deployment, messages, object } from "./fixtures.js";

const pod = deployment({}, { serviceAccountName: "app" });

test("a pod finds its ServiceAccount, and one that names none needs none", async () => {
  assert.deepEqual(await messages(serviceAccounts, pod, object("v1", "ServiceAccount", {}), deployment()), []);
});

test("a pod whose ServiceAccount is missing, or in another namespace, is wrong", async () => {
  const expected = [
    "Deployment monitoring/app: runs as ServiceAccount app, which the overlay does not render in monitoring",
  ];
  assert.deepEqual(await messages(serviceAccounts, pod), expected);
  const elsewhere = object("v1", "ServiceAccount", { namespace: "elsewhere" });
  assert.deepEqual(await messages(serviceAccounts, pod, elsewhere), expected);
});

test.run();
