import assert from "node:assert/strict";
import { test } from "uvu";
import { objectsOf } from "../../../../proof/lib/rbac/copy.js";
import { copiesFor } from "../../../../proof/lib/rbac/index.js";
import { splits } from "../../../../proof/lib/rbac/removals.js";
import type { Rendered } from "../../../../scripts/lib/rendered/objects.js";

const apiVersion = "rbac.authorization.k8s.io/v1";
const subjects = [{ kind: "ServiceAccount", name: "watcher", namespace: "here" }];
const bindingTo = (kind: string, name: string) => ({
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name },
  subjects,
});
const rendered: Rendered = {
  overlay: "overlays/test",
  text: "",
  objects: [
    {
      apiVersion,
      kind: "ClusterRole",
      metadata: { name: "wide" },
      rules: [
        { apiGroups: [""], resources: ["nodes", "nodes/metrics"], verbs: ["get"] },
        { nonResourceURLs: ["/metrics"], verbs: ["get"] },
      ],
    },
    { apiVersion, kind: "ClusterRoleBinding", metadata: { name: "wide" }, ...bindingTo("ClusterRole", "wide") },
    {
      apiVersion,
      kind: "Role",
      metadata: { name: "narrow", namespace: "there" },
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }],
    },
    {
      apiVersion,
      kind: "RoleBinding",
      metadata: { name: "narrow", namespace: "there" },
      ...bindingTo("Role", "narrow"),
    },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "watcher", namespace: "here" },
      spec: {
        template: {
          spec: {
            serviceAccountName: "watcher",
            topologySpreadConstraints: [{ maxSkew: 1 }],
            containers: [
              {
                name: "watcher",
                image: "watcher:v1",
                resources: { requests: { cpu: "4" }, limits: { memory: "1Gi" } },
                volumeMounts: [{ name: "data", mountPath: "/data" }],
              },
            ],
          },
        },
        volumeClaimTemplates: [{ metadata: { name: "data" } }],
      },
    },
  ] as Rendered["objects"],
};

test("each resource and each path is taken away alone", () => {
  const nodes = { apiGroups: [""], resources: ["nodes"], verbs: ["get"] };
  const metrics = { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] };
  const path = { nonResourceURLs: ["/metrics"], verbs: ["get"] };
  const both = { ...nodes, resources: ["nodes", "nodes/metrics"] };
  assert.deepEqual(splits([both, path]), [
    { permission: nodes, rest: [path, metrics] },
    { permission: metrics, rest: [path, nodes] },
    { permission: path, rest: [both] },
  ]);
});

test("a holder has a copy with everything, and one without each permission, wherever it holds", () => {
  const copies = copiesFor(rendered);
  assert.deepEqual(
    copies.map(
      ({ removal }) =>
        removal && [removal.permission.resources ?? removal.permission.nonResourceURLs, removal.binding.namespace],
    ),
    [undefined, [["nodes"], undefined], [["nodes/metrics"], undefined], [["/metrics"], undefined], [["pods"], "there"]],
  );
});

test("only the roles that are named lose anything, and who has none of them is left alone", () => {
  const permissions = (roles: readonly string[]) =>
    copiesFor(rendered, roles).map(({ removal }) => removal?.binding.roleRef.name);
  assert.deepEqual(permissions(["narrow"]), [undefined, "narrow"]);
  assert.deepEqual(permissions(["another"]), []);
});

test("a copy keeps the roles that it has whole, and has the one that lacks something as its own", () => {
  const copy = copiesFor(rendered)[4] ?? assert.fail("no copy without pods");
  const objects = objectsOf(copy, rendered) as {
    kind: string;
    metadata: { name: string; namespace?: string };
    roleRef?: object;
  }[];
  assert.deepEqual(
    objects.map(({ kind, metadata: { name, namespace } }) => [kind, namespace, name]),
    [
      ["ServiceAccount", "here", "proof-watcher-4"],
      ["ClusterRoleBinding", undefined, "plain-prometheus:proof-watcher-4-0"],
      ["Role", "there", "plain-prometheus:proof-watcher-4-1"],
      ["RoleBinding", "there", "plain-prometheus:proof-watcher-4-1"],
      ["Pod", "here", "proof-watcher-4"],
    ],
  );
  assert.deepEqual(objects[1]?.roleRef, bindingTo("ClusterRole", "wide").roleRef);
  assert.deepEqual(objects[3]?.roleRef, bindingTo("Role", "plain-prometheus:proof-watcher-4-1").roleRef);
  assert.deepEqual((objects[2] as { rules?: unknown }).rules, []);
});

test("a copy's pod is the holder's, with no volume and no place of its own", () => {
  const copy = copiesFor(rendered)[0] ?? assert.fail("no copy");
  const pod = objectsOf(copy, rendered).at(-1) as { spec: Record<string, unknown> };
  assert.deepEqual(pod.spec, {
    serviceAccountName: "proof-watcher-0",
    containers: [
      {
        name: "watcher",
        image: "watcher:v1",
        resources: { requests: { cpu: "1m", memory: "16Mi" }, limits: { memory: "1Gi" } },
        volumeMounts: [{ name: "data", mountPath: "/data" }],
      },
    ],
    volumes: [{ name: "data", emptyDir: {} }],
    terminationGracePeriodSeconds: 1,
  });
});

test("a ServiceAccount with permissions and no pod is an error that names it", () => {
  const without = { ...rendered, objects: rendered.objects.filter(({ kind }) => kind !== "StatefulSet") };
  const copy = copiesFor(without)[0] ?? assert.fail("no copy");
  assert.throws(() => objectsOf(copy, without), /ServiceAccount here\/watcher, which no pod runs as/);
});

test.run();
