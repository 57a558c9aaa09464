import assert from "node:assert/strict";
import { test } from "uvu";
import { resources } from "../../../../generators/kube-state-metrics/resources.js";
import { sampleNamespace, samples } from "../../../../proof/lib/catalogue/samples.js";

test("every sample is a valid object of the samples' own namespace", () => {
  const [first, ...others] = samples();
  assert.equal(first?.metadata?.name, sampleNamespace);
  for (const object of others) {
    object.validate();
    assert.equal(object.metadata?.namespace, sampleNamespace, object.metadata?.name);
  }
});

test("there is a sample of every kind that kube-state-metrics watches and the cluster does not have anyway", () => {
  const anyway = ["nodes", "persistentvolumes", "persistentvolumeclaims", "pods", "replicasets", "daemonsets"];
  const kinds = samples().map(({ kind }) => `${kind.toLowerCase()}s`);
  const missing = Object.values(resources)
    .flat()
    .filter((resource) => !anyway.includes(resource) && !kinds.includes(resource));
  assert.deepEqual(missing, []);
});

test.run();
