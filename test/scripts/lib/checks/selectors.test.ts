import assert from "node:assert/strict";
import { test } from "uvu";
import { selectors } from "../../../../scripts/lib/checks/selectors.js";
import { deployment, messages, object } from "./fixtures.js";

const service = (selector?: object, metadata = {}) => object("v1", "Service", metadata, { spec: { selector } });
const budget = (selector?: object) => object("policy/v1", "PodDisruptionBudget", {}, { spec: { selector } });

test("a Service and a budget that select the pods of a Deployment are right", async () => {
  assert.deepEqual(
    await messages(selectors, deployment(), service({ app: "app" }), budget({ matchLabels: { app: "app" } })),
    [],
  );
});

test("a Deployment that does not select its own pods is wrong", async () => {
  const other = deployment({}, {}, { selector: { matchLabels: { app: "other" } } });
  assert.deepEqual(await messages(selectors, other), [
    'Deployment monitoring/app: selects {"matchLabels":{"app":"other"}}, but its pods have the labels {"app":"app"}',
  ]);
});

test("a Service that selects no pod is wrong", async () => {
  assert.deepEqual(await messages(selectors, deployment(), service({ app: "other" })), [
    'Service monitoring/app: selects {"app":"other"}, which no pod of its namespace has',
  ]);
});

test("a Service does not select the pods of another namespace", async () => {
  assert.equal(
    (await messages(selectors, deployment(), service({ app: "app" }, { namespace: "elsewhere" }))).length,
    1,
  );
});

test("a Service without a selector leaves its endpoints to others", async () => {
  assert.deepEqual(await messages(selectors, service()), []);
});

test("a budget that protects no pod is wrong, with and without a selector", async () => {
  assert.equal((await messages(selectors, deployment(), budget({ matchLabels: { app: "other" } }))).length, 1);
  assert.equal((await messages(selectors, deployment(), budget())).length, 1);
});

test.run();
