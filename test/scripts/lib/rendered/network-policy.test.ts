import assert from "node:assert/strict";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { test } from "uvu";
import { allowed, type Endpoint } from "../../../../scripts/lib/rendered/network-policy.js";

const pod = (app: string, namespace = "ns", namespaceLabels = {}): Endpoint => ({
  address: "10.1.0.1",
  pod: { namespace, labels: { app }, namespaceLabels },
});
const node: Endpoint = { address: "192.0.2.1" };
const policy = (spec: INetworkPolicy["spec"]): INetworkPolicy => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "p", namespace: "ns" },
  ...(spec && { spec }),
});
const deny = policy({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
const into = (app: string, rule: NonNullable<NonNullable<INetworkPolicy["spec"]>["ingress"]>[number]) =>
  policy({ podSelector: { matchLabels: { app } }, policyTypes: ["Ingress"], ingress: [rule] });

test("without a policy for it a pod is open, also where others have one", () => {
  assert.ok(allowed([], pod("a"), pod("b"), 80));
  assert.ok(allowed([deny], pod("a", "other"), pod("b", "other"), 80));
});

test("a policy without rules lets nothing in and nothing out", () => {
  assert.ok(!allowed([deny], node, pod("b"), 80));
  assert.ok(!allowed([deny], pod("a"), node, 80));
});

test("both ends have to let it through", () => {
  const rule = into("b", { from: [{ podSelector: { matchLabels: { app: "a" } } }] });
  assert.ok(allowed([rule], pod("a"), pod("b"), 80));
  assert.ok(!allowed([rule, deny], pod("a"), pod("b"), 80));
});

test("a selector of pods alone means those of the policy's namespace", () => {
  const rule = into("b", { from: [{ podSelector: { matchLabels: { app: "a" } } }] });
  assert.ok(!allowed([rule], pod("a", "other"), pod("b"), 80));
  assert.ok(!allowed([rule], pod("c"), pod("b"), 80));
});

test("a selector of namespaces means pods, and not the nodes they are on", () => {
  const rule = into("b", { from: [{ namespaceSelector: { matchLabels: { team: "x" } } }] });
  assert.ok(allowed([rule], pod("a", "other", { team: "x" }), pod("b"), 80));
  assert.ok(!allowed([rule], pod("a", "other", { team: "y" }), pod("b"), 80));
  assert.ok(!allowed([rule], node, pod("b"), 80));
});

test("addresses are compared within their family, without what is excepted", () => {
  const rule = into("b", { from: [{ ipBlock: { cidr: "192.0.2.0/24", except: ["192.0.2.128/25"] } }] });
  assert.ok(allowed([rule], node, pod("b"), 80));
  assert.ok(!allowed([rule], { address: "192.0.2.200" }, pod("b"), 80));
  assert.ok(!allowed([rule], { address: "2001:db8::1" }, pod("b"), 80));
});

test("a port is opened for its protocol and its range", () => {
  const rule = into("b", { ports: [{ port: 80, endPort: 90 }] });
  assert.ok(allowed([rule], node, pod("b"), 85));
  assert.ok(!allowed([rule], node, pod("b"), 91));
  assert.ok(!allowed([rule], node, pod("b"), 85, "UDP"));
});

test.run();
