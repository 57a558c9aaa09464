import assert from "node:assert/strict";
import { test } from "uvu";
import { schemasOf } from "../../../../scripts/lib/toolchain/custom-schemas.js";

const version = (name: string, served: boolean) => ({
  name,
  served,
  storage: served,
  schema: {
    openAPIV3Schema: {
      type: "object",
      properties: {
        metadata: { type: "object" },
        spec: {
          type: "object",
          description: "text",
          properties: { type: { type: "string", format: "x" }, hosts: { type: "array", items: { type: "string" } } },
          anyOf: [{ required: ["type"], properties: { type: { enum: ["a"] } } }],
        },
      },
    },
  },
});

const schemas = schemasOf({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  spec: {
    group: "gateway.networking.k8s.io",
    scope: "Namespaced",
    names: { kind: "HTTPRoute", plural: "httproutes" },
    versions: [version("v1", true), version("v1alpha1", false)],
  },
});

test("each served version has a file with the name that kubeconform looks for", () => {
  assert.deepEqual([...schemas.keys()], ["httproute-gateway-v1.json"]);
});

test("a field that the schema does not have is an error, in a whole object only", () => {
  const { additionalProperties, properties } = schemas.get("httproute-gateway-v1.json") as {
    additionalProperties: boolean;
    properties: Record<string, unknown>;
  };
  assert.equal(additionalProperties, false);
  assert.deepEqual(properties, {
    metadata: { type: "object" },
    spec: {
      additionalProperties: false,
      type: "object",
      properties: { type: { type: "string" }, hosts: { type: "array", items: { type: "string" } } },
      anyOf: [{ required: ["type"], properties: { type: { enum: ["a"] } } }],
    },
  });
});

test.run();
