import assert from "node:assert/strict";
import { test } from "uvu";
import { jsonSchema } from "../../generators/json-schema.js";
import { defaults, schema } from "../../generators/settings/index.js";

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: unknown;
  readonly default?: unknown;
  readonly description?: string;
}

const said = JSON.parse(jsonSchema()) as Node;

test("it has every setting with its default and its description, and no other", () => {
  assert.deepEqual(Object.keys(said.properties ?? {}), Object.keys(schema.entries));
  assert.equal(said.additionalProperties, false);
  for (const [name, { default: usual, description }] of Object.entries(said.properties ?? {})) {
    if (typeof usual !== "object") assert.equal(usual, defaults[name as keyof typeof defaults], name);
    assert.ok(description, name);
  }
});

test("a block has its settings and no other", () => {
  const node = said.properties?.thresholds?.properties?.node;
  assert.equal(node?.properties?.loadPerCpu?.default, defaults.thresholds.node.loadPerCpu);
  assert.equal(node?.additionalProperties, false);
});

test("what goes by the names of jobs or alerts takes no other name", () => {
  const jobs = said.properties?.jobs as { propertyNames?: { enum?: string[] } } | undefined;
  assert.ok(jobs?.propertyNames?.enum?.includes("kubelet"));
  const alerts = said.properties?.alerts as { propertyNames?: { enum?: string[] } } | undefined;
  assert.ok(alerts?.propertyNames?.enum?.includes("KubeJobFailed"));
});

test.run();
