import assert from "node:assert/strict";
import { test } from "uvu";
import { stack } from "../../../generators/index.js";
import { objectsOf } from "../../../generators/lib/objects.js";
import { settingsFrom } from "../../../generators/settings/index.js";
import { Failure } from "../../../scripts/lib/failure.js";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";
import { requireNothingTaken, takenByOthers } from "../../../scripts/lib/other-overlays.js";
import type { RenderedObject } from "../../../scripts/lib/rendered/objects.js";

const overlayIn = (namespace: string, port = 9100) =>
  stack(settingsFrom({ namespace, nodeExporter: { port } })).flatMap(objectsOf) as RenderedObject[];

/** A cluster that has these objects. */
function clusterOf(objects: readonly RenderedObject[]): Kubectl {
  const json = async ([, kinds = ""]: readonly string[]) => ({
    items: objects.filter(({ kind }) => kinds.split(",").includes(`${kind.toLowerCase()}s`)),
  });
  return { flags: [], lacks: [], json } as unknown as Kubectl;
}

test("an overlay that was applied before has nothing that is taken", async () => {
  const objects = overlayIn("one");
  assert.deepEqual(await takenByOthers({ objects }, clusterOf(objects)), []);
  assert.deepEqual(await takenByOthers({ objects }, clusterOf([])), []);
});

test("bindings and ports of the nodes that another overlay has are named, with whose they are", async () => {
  const cluster = clusterOf(overlayIn("one"));
  assert.deepEqual(await takenByOthers({ objects: overlayIn("two") }, cluster), [
    { what: "ClusterRoleBinding plain-prometheus:prometheus", by: "ServiceAccount one/prometheus" },
    { what: "ClusterRoleBinding plain-prometheus:kube-state-metrics", by: "ServiceAccount one/kube-state-metrics" },
    { what: "port 9100 of the nodes", by: "DaemonSet one/node-exporter" },
  ]);
  const moved = await takenByOthers({ objects: overlayIn("two", 9101) }, cluster);
  assert.ok(!moved.some(({ what }) => what.startsWith("port")));
});

test("a binding that nobody uses any more is nobody's", async () => {
  const left = overlayIn("one").filter(({ kind }) => kind.endsWith("Binding"));
  assert.deepEqual(await takenByOthers({ objects: overlayIn("two") }, clusterOf(left)), []);
});

test("a priority that pods elsewhere have is told", async () => {
  const priority = { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name: "p" } };
  const workload = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "prometheus", namespace: "one" },
    spec: { template: { spec: { priorityClassName: "p", containers: [] } } },
  };
  const taken = await takenByOthers({ objects: [priority] }, clusterOf([workload]));
  assert.deepEqual(taken, [{ what: "PriorityClass p", by: "StatefulSet one/prometheus" }]);
});

test("nothing is applied then, and the cure is said", async () => {
  const rendered = { overlay: "overlays/two", text: "", objects: overlayIn("two") };
  await assert.rejects(requireNothingTaken(rendered, clusterOf(overlayIn("one"))), (error) => {
    assert.ok(error instanceof Failure);
    assert.match(error.message, /overlays\/two is not applied.*\n.*ServiceAccount one\/prometheus has it/);
    assert.match(error.cure ?? "", /docs\/several-overlays\.md/);
    return true;
  });
});

test.run();
