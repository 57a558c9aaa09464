import assert from "node:assert/strict";
import { test } from "uvu";
import { describe, isReady, type Kustomization } from "../../../../proof/lib/flux/kustomization.js";

function kustomization(status: string, message = "", lastAppliedRevision = "main@sha1:abc"): Kustomization {
  const conditions = [
    { type: "Reconciling", status: "True", message: "busy" },
    { type: "Ready", status, message },
  ];
  return { metadata: { name: "monitoring" }, status: { conditions, lastAppliedRevision } };
}

test("a Kustomization is ready when it says so, at the commit that is asked for", () => {
  assert.ok(isReady(kustomization("True")));
  assert.ok(isReady(kustomization("True"), "abc"));
  assert.ok(!isReady(kustomization("True"), "def"));
});

test("it is not while it fails, works, or was never looked at", () => {
  assert.ok(!isReady(kustomization("False")));
  assert.ok(!isReady(kustomization("Unknown"), "abc"));
  assert.ok(!isReady({ metadata: { name: "monitoring" } }));
});

test("why it is not ready is told, and not what another condition says", () => {
  assert.equal(describe(kustomization("False", "no such file")), "monitoring: Ready False, no such file");
  assert.match(describe({ metadata: { name: "monitoring" } }), /^monitoring: Ready not looked at/);
});

test.run();
