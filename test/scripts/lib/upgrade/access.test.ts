import assert from "node:assert/strict";
import { test } from "uvu";
import { connectionsOf, permissionsOf } from "../../../../scripts/lib/upgrade/access.js";
import { object } from "../checks/fixtures.js";

const rbac = "rbac.authorization.k8s.io/v1";
const subjects = [{ kind: "ServiceAccount", namespace: "m", name: "app" }];
const role = (kind: string, namespace: string | undefined, resource: string) =>
  object(rbac, kind, { namespace, name: "r" }, { rules: [{ verbs: ["get"], apiGroups: [""], resources: [resource] }] });
const binding = (kind: string, namespace: string | undefined, of: string) =>
  object(rbac, kind, { namespace, name: "b" }, { roleRef: { kind: of, name: "r" }, subjects });

test("an account may do what its bindings give it, in the namespace of the binding", () => {
  assert.deepEqual(
    permissionsOf([
      role("ClusterRole", undefined, "nodes"),
      role("Role", "m", "pods"),
      role("Role", "n", "secrets"),
      binding("ClusterRoleBinding", undefined, "ClusterRole"),
      binding("RoleBinding", "m", "Role"),
      binding("RoleBinding", "o", "ClusterRole"),
    ]),
    ["ServiceAccount m/app: get nodes", "ServiceAccount m/app: get pods in m", "ServiceAccount m/app: get nodes in o"],
  );
});

test("a policy lets through what it says, and all of what it leaves out", () => {
  const spec = {
    egress: [
      { to: [{ ipBlock: { cidr: "192.0.2.0/24", except: ["192.0.2.1/32"] } }], ports: [{ port: 443 }] },
      { ports: [{ port: 1, endPort: 9, protocol: "UDP" }] },
    ],
    ingress: [
      { from: [{ podSelector: { matchLabels: { app: "a" } } }, { namespaceSelector: {} }] },
      {
        from: [{ podSelector: { matchExpressions: [{ key: "app", operator: "Exists" }] } }],
        ports: [{ port: "http" }, {}],
      },
    ],
  };
  const policy = object("networking.k8s.io/v1", "NetworkPolicy", { namespace: "m", name: "p" }, { spec });
  assert.deepEqual(
    connectionsOf([policy]).map((text) => text.replace("NetworkPolicy m/p: ", "")),
    [
      "to 192.0.2.0/24 without 192.0.2.1/32, 443/TCP",
      "to everywhere, 1-9/UDP",
      "from pods app=a, every port",
      "from pods of any labels of namespaces of any labels, every port",
      'from pods {"key":"app","operator":"Exists"}, http/TCP every port/TCP',
    ],
  );
});

test.run();
