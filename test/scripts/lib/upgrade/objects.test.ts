import assert from "node:assert/strict";
import { test } from "uvu";
import type { RenderedObject } from "../../../../scripts/lib/rendered/objects.js";
import { changedObjects } from "../../../../scripts/lib/upgrade/objects.js";
import { object } from "../checks/fixtures.js";

const statefulSet = (spec: object) => object("apps/v1", "StatefulSet", { namespace: "m", name: "app" }, { spec });
const config = (name: string, text: string) => object("v1", "ConfigMap", { namespace: "m", name }, { data: { text } });

function refused(old: RenderedObject, now: RenderedObject) {
  return changedObjects([old], [now]).changed[0]?.refused;
}

test("objects are told apart by group, kind, namespace and name", () => {
  const old = [object("v1", "Service", { namespace: "m", name: "app" }), config("app", "1")];
  const now = [object("v1", "Service", { namespace: "n", name: "app" }), config("app", "2")];
  const { added, removed, changed } = changedObjects(old, now);
  assert.deepEqual(added, ["Service n/app"]);
  assert.deepEqual(removed, ["Service m/app"]);
  assert.deepEqual(changed, [{ object: "ConfigMap m/app", fields: [{ path: "data.text", old: "1", new: "2" }] }]);
});

test("another version of the API is a change, not another object", () => {
  const [change] = changedObjects(
    [object("autoscaling/v1", "HorizontalPodAutoscaler", { namespace: "m" })],
    [object("autoscaling/v2", "HorizontalPodAutoscaler", { namespace: "m" })],
  ).changed;
  assert.deepEqual(
    change?.fields.map(({ path }) => path),
    ["apiVersion"],
  );
});

test("a ConfigMap whose name has the hash of its content is the same one under a new name", () => {
  const { added, removed, changed } = changedObjects([config("app-mkmm8ftdmm", "1")], [config("app-4hbtf2c99k", "2")]);
  assert.deepEqual([added, removed], [[], []]);
  assert.equal(changed[0]?.renamed, "ConfigMap m/app-4hbtf2c99k");
  assert.deepEqual(
    changed[0]?.fields.map(({ path }) => path),
    ["data.text"],
  );
});

test("a name that only looks like one with a hash stays whole", () => {
  const { added, removed } = changedObjects([config("app-monitoring", "1")], [config("app-kubernetes", "1")]);
  assert.deepEqual([added, removed], [["ConfigMap m/app-kubernetes"], ["ConfigMap m/app-monitoring"]]);
});

test("a change that the API server refuses comes with the command that makes room", () => {
  assert.deepEqual(
    refused(statefulSet({ serviceName: "a", replicas: 1 }), statefulSet({ serviceName: "b", replicas: 2 })),
    {
      fields: ["spec.serviceName"],
      cure: "kubectl delete -n m statefulset/app --cascade=orphan",
    },
  );
  const binding = (name: string) =>
    object(
      "rbac.authorization.k8s.io/v1",
      "ClusterRoleBinding",
      { namespace: undefined, name: "b" },
      { roleRef: { name } },
    );
  assert.deepEqual(refused(binding("a"), binding("b")), {
    fields: ["roleRef.name"],
    cure: "kubectl delete clusterrolebinding/b",
  });
});

test("what the API server takes is not refused", () => {
  assert.equal(
    refused(statefulSet({ replicas: 1, template: { a: 1 } }), statefulSet({ replicas: 2, template: { a: 2 } })),
    undefined,
  );
  assert.equal(refused(config("app", "1"), config("app", "2")), undefined);
});

test("what the API server would put there anyway is no change that it refuses", () => {
  const claims = (claim: object) => statefulSet({ volumeClaimTemplates: [{ metadata: { name: "data" }, ...claim }] });
  assert.equal(refused(claims({}), claims({ apiVersion: "v1", kind: "PersistentVolumeClaim" })), undefined);
  assert.equal(refused(statefulSet({ podManagementPolicy: "OrderedReady" }), statefulSet({})), undefined);
  assert.ok(refused(statefulSet({}), statefulSet({ podManagementPolicy: "Parallel" })));
});

test("a ConfigMap is refused only where it says that it is immutable", () => {
  const fixed = (text: string) => object("v1", "ConfigMap", { namespace: "m" }, { immutable: true, data: { text } });
  assert.deepEqual(refused(fixed("1"), fixed("2"))?.fields, ["data.text"]);
});

test("a Service that becomes headless is refused, one without an address of its own is not", () => {
  const service = (spec: object) => object("v1", "Service", { namespace: "m" }, { spec });
  assert.deepEqual(refused(service({}), service({ clusterIP: "None" }))?.fields, ["spec.clusterIP"]);
  assert.equal(refused(service({ type: "ExternalName" }), service({ clusterIP: "None" })), undefined);
});

test.run();
