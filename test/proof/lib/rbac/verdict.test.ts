import assert from "node:assert/strict";
import { test } from "uvu";
import type { Derivation } from "../../../../proof/lib/rbac/derivation.js";
import type { Removal } from "../../../../proof/lib/rbac/removals.js";
import { objectionTo, scopeOf } from "../../../../proof/lib/rbac/verdict.js";

const derivation: Derivation = { neededBy: ["kubelet", "cadvisor"], without: "targets down: 403 Forbidden" };
const forbidden = { jobs: ["cadvisor", "kubelet"], effect: "targets down: 403 Forbidden" };

test("what was lost is what the jobs need it for", () => {
  assert.equal(objectionTo({ loss: forbidden }, derivation), undefined);
});

test("a permission whose absence nothing notices is not needed", () => {
  assert.match(objectionTo({ loss: undefined }, derivation) ?? "", /nothing noticed/);
  assert.match(objectionTo({ loss: undefined }, undefined) ?? "", /nothing noticed/);
});

test("a permission that no job needs is wrong even where something notices", () => {
  assert.match(objectionTo({ loss: forbidden }, undefined) ?? "", /no job needs it/);
});

test("a permission that another role gives too is missed by nobody", () => {
  const twice = { ...derivation, neededBy: [] };
  assert.equal(objectionTo({ loss: undefined }, twice), undefined);
  assert.match(objectionTo({ loss: forbidden }, twice) ?? "", /another role gives it too.* cadvisor, kubelet/);
});

test("another loss than the derived one is wrong", () => {
  const other = { ...forbidden, effect: "no targets" };
  assert.match(objectionTo({ loss: other }, derivation) ?? "", /seen was no targets/);
  const more = { ...forbidden, jobs: [...forbidden.jobs, "prometheus"] };
  assert.match(objectionTo({ loss: more }, derivation) ?? "", /lost was cadvisor, kubelet, prometheus/);
});

const removal = (namespace?: string): Removal => ({
  holder: { name: "prometheus", namespace: "monitoring", bindings: [] },
  permission: { apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"] },
  binding: {
    kind: namespace === undefined ? "ClusterRoleBinding" : "RoleBinding",
    namespace,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "a" },
  },
  rest: [],
});

test("a permission holds everywhere, where its holder is, or in a namespace by name", () => {
  assert.equal(scopeOf(removal()), "cluster");
  assert.equal(scopeOf(removal("monitoring")), "own namespace");
  assert.deepEqual(scopeOf(removal("default")), { namespace: "default" });
});

test.run();
