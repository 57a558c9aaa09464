import assert from "node:assert/strict";
import { test } from "uvu";
import { bindings } from "../../../../scripts/lib/checks/bindings.js";
import { messages, object } from "./fixtures.js";

const rbac = "rbac.authorization.k8s.io/v1";
const account = object("v1", "ServiceAccount", {});
const role = object(rbac, "Role", {});
const clusterRole = object(rbac, "ClusterRole", { namespace: undefined });
const subjects = [{ kind: "ServiceAccount", name: "app", namespace: "monitoring" }];
const binding = (kind: string, name = "app", metadata = {}, fields = {}) =>
  object(rbac, "RoleBinding", metadata, { roleRef: { kind, name }, subjects, ...fields });

test("bindings of rendered roles to rendered accounts are right", async () => {
  const clusterWide = object(
    rbac,
    "ClusterRoleBinding",
    { namespace: undefined },
    { roleRef: { kind: "ClusterRole", name: "app" }, subjects },
  );
  const all = [account, role, clusterRole, clusterWide, binding("Role"), binding("ClusterRole")];
  assert.deepEqual(await messages(bindings, ...all), []);
});

test("a role of Kubernetes' own and a group need not be rendered", async () => {
  const group = { subjects: [{ kind: "Group", name: "sre" }] };
  assert.deepEqual(await messages(bindings, binding("ClusterRole", "system:auth-delegator", {}, group)), []);
});

test("a binding without its role is wrong", async () => {
  assert.deepEqual(await messages(bindings, account, clusterRole, binding("Role")), [
    "RoleBinding monitoring/app: grants Role app, which the overlay does not render",
  ]);
  assert.equal((await messages(bindings, account, role, binding("ClusterRole"))).length, 1);
});

test("a Role does not reach a binding of another namespace", async () => {
  assert.equal((await messages(bindings, account, role, binding("Role", "app", { namespace: "default" }))).length, 1);
});

test("a binding whose account stayed behind in another namespace is wrong", async () => {
  const stale = { subjects: [{ kind: "ServiceAccount", name: "app", namespace: "monitoring-system" }] };
  assert.deepEqual(await messages(bindings, account, role, binding("Role", "app", {}, stale)), [
    "RoleBinding monitoring/app: is for ServiceAccount monitoring-system/app, which the overlay does not render",
  ]);
});

test.run();
