import assert from "node:assert/strict";
import { test } from "uvu";
import { volumes } from "../../../../scripts/lib/checks/volumes.js";
import { deployment, messages, object } from "./fixtures.js";

const mounting = (volume: object, mounts: object[] = [{ name: "data", mountPath: "/data" }]) =>
  deployment({ volumeMounts: mounts }, { volumes: [{ name: "data", ...volume }] });
const configMap = object("v1", "ConfigMap", {}, { data: { "app.yml": "" } });
const claim = object("v1", "PersistentVolumeClaim", {});

test("a mounted volume of a rendered ConfigMap, claim, or a Secret by name is right", async () => {
  const sources = [
    { configMap: { name: "app", items: [{ key: "app.yml", path: "app.yml" }] } },
    { persistentVolumeClaim: { claimName: "app" } },
    { secret: { secretName: "of-the-cluster" } },
    { projected: { sources: [{ configMap: { name: "kube-root-ca.crt" } }] } },
    { configMap: { name: "nowhere", optional: true } },
  ];
  for (const source of sources) assert.deepEqual(await messages(volumes, mounting(source), configMap, claim), []);
});

test("a mount without its volume is wrong", async () => {
  const mounts = [{ name: "dta", mountPath: "/data" }];
  assert.deepEqual(await messages(volumes, mounting({ emptyDir: {} }, mounts)), [
    "Deployment monitoring/app: container app mounts volume dta, which the pod does not have",
  ]);
});

test("two volumes at one path are wrong", async () => {
  const twice = [
    { name: "data", mountPath: "/data" },
    { name: "data", mountPath: "/data" },
  ];
  assert.deepEqual(await messages(volumes, mounting({ emptyDir: {} }, twice)), [
    "Deployment monitoring/app: container app mounts two volumes at /data",
  ]);
});

test("a volume of a ConfigMap or claim that is not rendered is wrong", async () => {
  const elsewhere = object("v1", "ConfigMap", { namespace: "elsewhere" });
  assert.deepEqual(await messages(volumes, mounting({ configMap: { name: "app" } }), elsewhere), [
    "Deployment monitoring/app: volume data is ConfigMap app, which the overlay does not render in namespace monitoring",
  ]);
  assert.deepEqual(await messages(volumes, mounting({ persistentVolumeClaim: { claimName: "app" } })), [
    "Deployment monitoring/app: volume data is PersistentVolumeClaim app, which the overlay does not render",
  ]);
});

test("an item that the ConfigMap does not have is wrong", async () => {
  const source = { configMap: { name: "app", items: [{ key: "app.yaml", path: "app.yml" }] } };
  assert.deepEqual(await messages(volumes, mounting(source), configMap), [
    "Deployment monitoring/app: volume data wants app.yaml of ConfigMap app, which has app.yml",
  ]);
});

test("a StatefulSet mounts the claims that it makes", async () => {
  const { spec } = deployment({ volumeMounts: [{ name: "data", mountPath: "/data" }] }) as unknown as { spec: object };
  const set = (name: string) =>
    object("apps/v1", "StatefulSet", {}, { spec: { ...spec, volumeClaimTemplates: [{ metadata: { name } }] } });
  assert.deepEqual(await messages(volumes, set("data")), []);
  assert.equal((await messages(volumes, set("other"))).length, 1);
});

test.run();
