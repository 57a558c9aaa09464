import assert from "node:assert/strict";
import { test } from "uvu";
import { type Application, describe, isHealthy, isSynced } from "./application.js";

function app(status: Partial<NonNullable<Application["status"]>> = {}): Application {
  return {
    metadata: { name: "devbox" },
    status: {
      sync: { status: "Synced", revision: "abc" },
      health: { status: "Healthy" },
      operationState: { phase: "Succeeded" },
      ...status,
    },
  };
}

test("an Application is synced when its last sync succeeded, at the revision that is asked for", () => {
  assert.ok(isSynced(app()));
  assert.ok(isSynced(app(), "abc"));
  assert.ok(!isSynced(app(), "def"));
});

test("it is not while it syncs, differs from Git, or was never looked at", () => {
  assert.ok(!isSynced(app({ operationState: { phase: "Running" } })));
  assert.ok(!isSynced(app({ sync: { status: "OutOfSync" } })));
  assert.ok(!isSynced({ metadata: { name: "devbox" } }));
});

test("it is healthy when Argo CD says so, and not while that is unknown", () => {
  assert.ok(isHealthy(app()));
  assert.ok(!isHealthy(app({ health: { status: "Progressing" } })));
  assert.ok(!isHealthy({ metadata: { name: "devbox" } }));
});

test("what is not as it should be is named, and the rest is not", () => {
  const text = describe(
    app({
      sync: { status: "OutOfSync" },
      conditions: [{ type: "ComparisonError", message: "no such file" }],
      resources: [
        { version: "v1", kind: "Service", name: "prometheus", status: "Synced", health: { status: "Healthy" } },
        { version: "v1", kind: "ConfigMap", name: "prometheus-config", status: "OutOfSync" },
        { version: "v1", kind: "Deployment", name: "prometheus", status: "Synced", health: { status: "Progressing" } },
      ],
    }),
  );
  assert.match(text, /ComparisonError: no such file/);
  assert.match(text, /ConfigMap prometheus-config: OutOfSync/);
  assert.match(text, /Deployment prometheus: Synced, Progressing/);
  assert.doesNotMatch(text, /Service/);
});

test.run();
