import assert from "node:assert/strict";
import { test } from "uvu";
import type { RenderedObject } from "../../../../scripts/lib/rendered/objects.js";
import { changedObjects } from "../../../../scripts/lib/upgrade/objects.js";
import { changedPods } from "../../../../scripts/lib/upgrade/pods.js";
import { object } from "../checks/fixtures.js";

const app = (pod: object, spec: object = {}) =>
  object("apps/v1", "Deployment", { namespace: "m", name: "app" }, { spec: { ...spec, template: { spec: pod } } });
const config = (text: string) => object("v1", "ConfigMap", { namespace: "m", name: "files" }, { data: { text } });
const mounting = (mount: object = {}) => ({
  volumes: [{ name: "v", configMap: { name: "files" } }],
  containers: [{ name: "c", volumeMounts: [{ name: "v", mountPath: "/etc/app", ...mount }] }],
});

function changes(old: RenderedObject[], now: RenderedObject[]) {
  return changedPods(old, now, changedObjects(old, now).changed).map(({ what, why }) => `${what} ${why.join()}`.trim());
}

test("a change of the template restarts", () => {
  const run = (image: string) => [app({ containers: [{ name: "c", image }] })];
  assert.deepEqual(changes(run("a:1"), run("a:2")), ["restart spec.template.spec.containers[c].image"]);
});

test("a ConfigMap in a volume is read in place", () => {
  assert.deepEqual(changes([app(mounting()), config("1")], [app(mounting()), config("2")]), ["reload ConfigMap files"]);
});

test("one of several sources of a volume counts, and one that was not there before", () => {
  const projected = {
    volumes: [{ name: "v", projected: { sources: [{ configMap: { name: "files", optional: true } }] } }],
  };
  assert.deepEqual(changes([app(projected)], [app(projected), config("2")]), ["reload ConfigMap files"]);
});

test("a file that is mounted by its own path, and a variable, stay as they were", () => {
  const bySubPath = mounting({ subPath: "a.yml" });
  const variable = { containers: [{ name: "c", envFrom: [{ configMapRef: { name: "files" } }] }] };
  for (const pod of [bySubPath, variable]) {
    assert.deepEqual(changes([app(pod), config("1")], [app(pod), config("2")]), ["stale ConfigMap files"]);
  }
});

test("a ConfigMap of another namespace, or whose labels alone change, changes nothing", () => {
  const elsewhere = (text: string) => object("v1", "ConfigMap", { namespace: "n", name: "files" }, { data: { text } });
  assert.deepEqual(changes([app(mounting()), elsewhere("1")], [app(mounting()), elsewhere("2")]), []);
  const labelled = object(
    "v1",
    "ConfigMap",
    { namespace: "m", name: "files", labels: { a: "b" } },
    { data: { text: "1" } },
  );
  assert.deepEqual(changes([app(mounting()), config("1")], [app(mounting()), labelled]), []);
});

test("more replicas are no restart", () => {
  assert.deepEqual(changes([app({}, { replicas: 1 })], [app({}, { replicas: 2 })]), ["scale spec.replicas 1 -> 2"]);
});

test("a workload that has to be deleted restarts", () => {
  const select = (name: string) => app({}, { selector: { matchLabels: { name } } });
  assert.deepEqual(changes([select("a")], [select("b")]), ["restart spec.selector.matchLabels.name"]);
});

test("one that is new starts, one that is gone stops", () => {
  assert.deepEqual(changes([], [app({})]), ["start"]);
  assert.deepEqual(changes([app({})], []), ["stop"]);
});

test("what pods hold on their node goes with them, claims stay, and another retention is told", () => {
  const data = (old: RenderedObject[], now: RenderedObject[]) => changedPods(old, now, []).flatMap((one) => one.data);
  const pod = (image: string, value = "15d") => ({
    containers: [{ name: "c", image, env: [{ name: "RETENTION_TIME", value }] }],
    volumes: [{ name: "data", emptyDir: {} }],
  });
  const gone = "what emptyDir data holds goes with the old pods";
  assert.deepEqual(data([app(pod("a"))], [app(pod("b", "2d"))]), [gone, "RETENTION_TIME was 15d and is 2d"]);
  assert.deepEqual(data([app(pod("a"))], []), [gone]);
  assert.deepEqual(data([app(pod("a"), { replicas: 1 })], [app(pod("a"), { replicas: 2 })]), []);
  const spec = { resources: { requests: { storage: "1Gi" } } };
  const set = object(
    "apps/v1",
    "StatefulSet",
    {},
    { spec: { volumeClaimTemplates: [{ metadata: { name: "d" }, spec }] } },
  );
  assert.deepEqual(data([], [set]), ["claim d (1Gi) for each of its pods is new"]);
  assert.deepEqual(data([set], []), ["claim d (1Gi) of each of its pods stays, and is read no more"]);
});

test.run();
