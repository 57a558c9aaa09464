import assert from "node:assert/strict";
import { test } from "uvu";
import type { Removal } from "../../../../scripts/lib/rbac/removals.js";
import { objectionTo, scopeOf } from "../../../../scripts/lib/rbac/verdict.js";

const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "a" };
const removal = (resource: string, namespace?: string): Removal => ({
  holder: { name: "prometheus", namespace: "monitoring", bindings: [] },
  permission: { apiGroups: [""], resources: [resource], verbs: resource.includes("/") ? ["get"] : ["list", "watch"] },
  binding: { kind: namespace === undefined ? "ClusterRoleBinding" : "RoleBinding", namespace, roleRef },
  rest: [],
});
const forbidden = { jobs: ["cadvisor", "kubelet"], effect: "targets down: 403 Forbidden" };

test("what was lost is what the jobs need it for", () => {
  assert.equal(objectionTo({ removal: removal("nodes/metrics"), loss: forbidden }), undefined);
});

test("a permission whose absence nothing notices is not needed", () => {
  assert.match(objectionTo({ removal: removal("nodes"), loss: undefined }) ?? "", /nothing noticed/);
});

test("a permission that no job needs is wrong even where something notices", () => {
  assert.match(objectionTo({ removal: removal("secrets"), loss: forbidden }) ?? "", /no job needs it/);
  assert.match(
    objectionTo({ removal: removal("nodes/metrics", "monitoring"), loss: forbidden }) ?? "",
    /no job needs it/,
  );
});

test("another loss than the derived one is wrong", () => {
  const other = { ...forbidden, effect: "no targets" };
  assert.match(objectionTo({ removal: removal("nodes/metrics"), loss: other }) ?? "", /seen was no targets/);
  const more = { ...forbidden, jobs: [...forbidden.jobs, "prometheus"] };
  assert.match(
    objectionTo({ removal: removal("nodes/metrics"), loss: more }) ?? "",
    /lost was cadvisor, kubelet, prometheus/,
  );
});

test("a permission holds everywhere, where its holder is, or in a namespace by name", () => {
  assert.equal(scopeOf(removal("pods")), "cluster");
  assert.equal(scopeOf(removal("pods", "monitoring")), "own namespace");
  assert.deepEqual(scopeOf(removal("pods", "default")), { namespace: "default" });
});

test.run();
