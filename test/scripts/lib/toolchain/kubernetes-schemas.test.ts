import assert from "node:assert/strict";
import { test } from "uvu";
import { strictSchemas } from "../../../../scripts/lib/toolchain/kubernetes-schemas.js";

const schemas = strictSchemas({
  definitions: {
    "io.k8s.api.rbac.v1.ClusterRole": {
      description: "text",
      type: "object",
      required: ["metadata"],
      properties: {
        metadata: { $ref: "#/definitions/Meta", description: "text" },
        port: { $ref: "#/definitions/io.k8s.apimachinery.pkg.util.intstr.IntOrString" },
        size: { $ref: "#/definitions/io.k8s.apimachinery.pkg.api.resource.Quantity" },
      },
      "x-kubernetes-group-version-kind": [{ group: "rbac.authorization.k8s.io", version: "v1", kind: "ClusterRole" }],
    },
    Meta: { type: "object", properties: { description: { type: "string", description: "text", format: "x" } } },
    Raw: { type: "object" },
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": { type: "string", format: "int-or-string" },
    "io.k8s.apimachinery.pkg.api.resource.Quantity": { type: "string" },
    "io.k8s.api.core.v1.Pod": {
      type: "object",
      properties: { raw: { $ref: "#/definitions/Raw" } },
      "x-kubernetes-group-version-kind": [{ group: "", version: "v1", kind: "Pod" }],
    },
    DeleteOptions: {
      type: "object",
      properties: {},
      "x-kubernetes-group-version-kind": [
        { group: "", version: "v1", kind: "DeleteOptions" },
        { group: "apps", version: "v1", kind: "DeleteOptions" },
      ],
    },
  },
});

const definitions = schemas.get("clusterrole-rbac-v1.json")?.definitions as Record<string, Record<string, unknown>>;

test("each kind that can be applied has a file with the name that kubeconform looks for", () => {
  assert.deepEqual([...schemas.keys()].sort(), ["clusterrole-rbac-v1.json", "pod-v1.json"]);
});

test("a schema carries what it refers to, and nothing else", () => {
  assert.deepEqual(Object.keys(definitions).sort(), [
    "Meta",
    "io.k8s.api.rbac.v1.ClusterRole",
    "io.k8s.apimachinery.pkg.api.resource.Quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
  ]);
});

test("a field that the API does not have is refused, but an object of any shape may have any", () => {
  assert.equal(definitions["io.k8s.api.rbac.v1.ClusterRole"]?.additionalProperties, false);
  const pod = schemas.get("pod-v1.json")?.definitions as Record<string, unknown>;
  assert.deepEqual(pod.Raw, { type: "object" });
});

test("descriptions go, but a field that is named description stays", () => {
  assert.deepEqual(definitions.Meta, {
    type: "object",
    properties: { description: { type: "string" } },
    additionalProperties: false,
  });
  assert.equal(definitions["io.k8s.api.rbac.v1.ClusterRole"]?.description, undefined);
});

test("a port is a number or a name, a quantity a number or a string of its form", () => {
  assert.deepEqual(definitions["io.k8s.apimachinery.pkg.util.intstr.IntOrString"], {
    oneOf: [{ type: "integer" }, { type: "string" }],
  });
  const { oneOf } = definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"] as {
    oneOf: { pattern?: string }[];
  };
  const pattern = new RegExp(oneOf.find((one) => one.pattern !== undefined)?.pattern ?? "");
  for (const right of ["100m", "1Gi", "1.5", "1e3", "-1"]) assert.match(right, pattern);
  for (const wrong of ["1Gib", "", "ten", "1 Gi"]) assert.doesNotMatch(wrong, pattern);
});

test.run();
