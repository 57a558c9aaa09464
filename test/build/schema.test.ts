import assert from "node:assert/strict";
import { test } from "uvu";
import { schema } from "../../scripts/lib/checks/schema.js";
import { deployment, findings, object } from "../scripts/lib/checks/fixtures.js";

test("what Kubernetes knows is right", async () => {
  assert.deepEqual(await findings(schema, deployment(), object("v1", "ConfigMap", {}, { data: { a: "b" } })), []);
});

test("a misspelt field, a wrong type and a missing field are each named with their object", async () => {
  const wrong = [
    deployment({}, {}, { replicaz: 1 }),
    deployment({}, {}, { replicas: "one" }),
    deployment({}, { containers: [{ image: "app:v1" }] }),
  ];
  assert.deepEqual(
    (await findings(schema, ...wrong)).map(({ object, message }) => `${object} ${message}`),
    [
      "Deployment monitoring/app /spec: additional properties 'replicaz' not allowed",
      "Deployment monitoring/app /spec/replicas: got string, want integer",
      "Deployment monitoring/app /spec/template/spec/containers/0: missing property 'name'",
    ],
  );
});

test("of two objects of one name the wrong one is named", async () => {
  const [finding] = await findings(
    schema,
    object("v1", "ConfigMap", { namespace: "a" }),
    object("v1", "ConfigMap", { namespace: "b" }, { dta: {} }),
  );
  assert.equal(finding?.object, "ConfigMap b/app");
});

test("the fix leads to the field's documentation", async () => {
  const [finding] = await findings(schema, deployment({ imagePullPolicyy: "Always" }));
  assert.equal(finding?.fix, "kubectl explain deployment.spec.template.spec.containers");
});

test("a kind that the pinned Kubernetes does not have is wrong", async () => {
  const [finding] = await findings(schema, object("apps/v1beta1", "Deployment", {}));
  assert.match(finding?.message ?? "", /^apps\/v1beta1 Deployment: could not find schema/);
});

test("an HTTPRoute is checked as the Gateway API has it", async () => {
  const route = (spec: object) => object("gateway.networking.k8s.io/v1", "HTTPRoute", {}, { spec });
  assert.deepEqual(
    await findings(schema, route({ parentRefs: [{ name: "public" }], hostnames: ["a.example.com"] })),
    [],
  );
  assert.deepEqual(
    (await findings(schema, route({ parentRefs: [{ nam: "public" }] }), route({ rules: [{ backendRef: [] }] }))).map(
      ({ message }) => message,
    ),
    [
      "/spec/parentRefs/0: missing property 'name'",
      "/spec/parentRefs/0: additional properties 'nam' not allowed",
      "/spec/rules/0: additional properties 'backendRef' not allowed",
    ],
  );
});

test("what is no kind of Kubernetes' own is let through, unless it claims to be one", async () => {
  assert.deepEqual(await findings(schema, object("external-secrets.io/v1", "ExternalSecret", {})), []);
  const [finding] = await findings(schema, object("gateway.networking.k8s.io/v1", "HTTPRout", {}));
  assert.match(finding?.message ?? "", /^gateway.networking.k8s.io\/v1 HTTPRout: could not find schema/);
});

test.run();
