import assert from "node:assert/strict";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { test } from "uvu";
import { networkPolicies } from "../../../../generators/components/network-policies.js";
import { stack } from "../../../../generators/index.js";
import { selector } from "../../../../generators/lib/labels.js";
import { defaults } from "../../../../generators/settings/index.js";
import { copyPolicies } from "../../../../proof/lib/rbac/copy-policies.js";
import { allowed, type Endpoint } from "../../../../scripts/lib/rendered/network-policy.js";
import type { RenderedObject } from "../../../../scripts/lib/rendered/objects.js";

const { namespace } = defaults;
const label = { "plain-prometheus/proof": "rbac" };
const objects =
  networkPolicies(defaults, stack(defaults)).objects?.map((object) => object.toJSON() as RenderedObject) ?? [];
const policies = [...objects, ...copyPolicies({ objects }, namespace, label)] as INetworkPolicy[];
const pod = (labels: Record<string, string>): Endpoint => ({ address: "10.1.0.1", pod: { namespace, labels } });

test("a copy reaches what it is asked to scrape, and is reached itself", () => {
  assert.ok(allowed(policies, pod(label), pod(selector("kube-state-metrics")), 8080));
  assert.ok(allowed(policies, pod(label), { address: "192.0.2.1" }, 10250));
  assert.ok(allowed(policies, { address: "192.0.2.1" }, pod(label), 9090));
});

test("nobody else gets more than before", () => {
  const stranger = pod({ app: "stranger" });
  assert.ok(!allowed(policies, stranger, pod(selector("kube-state-metrics")), 8080));
  assert.ok(!allowed(policies, pod(selector("prometheus")), stranger, 8080));
});

test("where the overlay has no policies, copies need none", () => {
  assert.deepEqual(copyPolicies({ objects: [] }, namespace, label), []);
});

test.run();
