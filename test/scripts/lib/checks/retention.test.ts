import assert from "node:assert/strict";
import { test } from "uvu";
import { retention } from "../../../../scripts/lib/checks/retention.js";
import { deployment, findings, messages, object } from "./fixtures.js";

const keeping = (time: string, size: string, volume: object = { emptyDir: { sizeLimit: "10Gi" } }) =>
  deployment(
    {
      args: [
        "--storage.tsdb.path=/prometheus",
        "--storage.tsdb.retention.time=$(TIME)",
        "--storage.tsdb.retention.size=$(SIZE)",
      ],
      env: [
        { name: "TIME", value: time },
        { name: "SIZE", value: size },
      ],
      volumeMounts: [{ name: "data", mountPath: "/prometheus" }],
    },
    { volumes: [{ name: "data", ...volume }] },
  );
const claim = object("v1", "PersistentVolumeClaim", {}, { spec: { resources: { requests: { storage: "10Gi" } } } });

test("a duration and a size as Prometheus writes them are right", async () => {
  assert.deepEqual(await messages(retention, keeping("15d", "8GB")), []);
  assert.deepEqual(await messages(retention, keeping("1d12h", "500MB", { emptyDir: {} })), []);
});

test("a wrong duration or size is named as it is after expansion", async () => {
  assert.deepEqual(await findings(retention, keeping("2 days", "8GB")), [
    {
      object: "Deployment monitoring/app",
      message: "container app: --storage.tsdb.retention.time=2 days",
      fix: 'set the variable that it is made of: it must be a Prometheus duration such as "15s", "1h30m" or "15d"',
    },
  ]);
  assert.deepEqual(await messages(retention, keeping("2d", "8Gi")), [
    "Deployment monitoring/app: container app: --storage.tsdb.retention.size=8Gi",
  ]);
});

test("a size over 85 % of an emptyDir, a claim or a claim template is wrong", async () => {
  const { spec } = keeping("15d", "9GB", {}) as unknown as { spec: object };
  const template = { metadata: { name: "data" }, spec: { resources: { requests: { storage: "10Gi" } } } };
  const set = object("apps/v1", "StatefulSet", {}, { spec: { ...spec, volumeClaimTemplates: [template] } });
  const onClaim = (size: string) => keeping("15d", size, { persistentVolumeClaim: { claimName: "app" } });
  assert.equal((await messages(retention, set)).length, 1);
  assert.deepEqual(await messages(retention, onClaim("8704MB"), claim), []);
  assert.deepEqual(await findings(retention, onClaim("9GB"), claim), [
    {
      object: "Deployment monitoring/app",
      message: "keeps 9GB on volume data of 10Gi: more than 85 %, so that the log could fill it",
      fix: "lower RETENTION_SIZE to 8704MB or less, or enlarge the volume",
    },
  ]);
  assert.equal((await messages(retention, keeping("15d", "9GB"))).length, 1);
});

test("what only the cluster knows is not judged", async () => {
  const secret = { env: [{ name: "TIME", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }] };
  const args = ["--storage.tsdb.retention.time=$(TIME)"];
  assert.deepEqual(await messages(retention, deployment({ args, ...secret })), []);
});

test.run();
