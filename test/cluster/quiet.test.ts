import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { IPod } from "kubernetes-models/v1/Pod";
import { test } from "uvu";
import { $ } from "zx";
import { configMaps } from "../../generators/prometheus/pod.js";
import { hurriedRules, leastWindowSeconds } from "../../proof/lib/drill/quick.js";
import { namespace, replicasOf, value } from "../../proof/lib/faults/replicas.js";
import { pauseReference } from "../../scripts/lib/cluster/images.js";
import { type Cluster, cluster } from "../../scripts/lib/cluster/index.js";
import { applyObjects, type Kubectl } from "../../scripts/lib/kubectl.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";
import { find, type RenderedObject } from "../../scripts/lib/rendered/objects.js";
import { alertsSince, lineOf, type Seen } from "./lib/alerts.js";
import { eventually } from "./lib/eventually.js";

const overlay = "overlays/prod";
const home = ["--namespace", namespace];
/** Namespaces of made-up applications: one that is well, and one whose image cannot be had. */
const well = "quiet";
const stuck = "quiet-stuck";

/** Longer than an alert of a quarter of an hour waits when it is hurried, and than it takes to be scraped and evaluated. */
const heldMilliseconds = 125_000;

let running: Cluster;
let kubectl: Kubectl;
/** What of the overlay is otherwise meanwhile. */
let normal: readonly RenderedObject[] = [];
let since: number;
let seen: readonly Seen[];

test.before(async () => {
  const args = ["--overlay", overlay, "--kubelet-tls", "cluster-ca", "--nodes", "2"];
  await $({ cwd: root, quiet: true, stdio: ["ignore", "ignore", "inherit"] })`npm run -s up -- ${args}`;
  running = (await cluster.current()) ?? assert.fail("npm run up succeeded, and there is no cluster");
  kubectl = running.kubectl;
  await hurry();
  const { drained, cordoned } = await roles();
  await apply(...applications(cordoned));
  await rolledOut("statefulset/prometheus", namespace);
  for (const workload of ["deployment/app", "statefulset/app"]) await rolledOut(workload, well);
  await eventually("both replicas to answer, and nothing but the Watchdog to fire", async () => {
    const replicas = await replicasOf(kubectl);
    const now = await alertsSince(replicas, Date.now() - 15_000);
    assert.deepEqual(firing(now).filter(isUnwanted).map(lineOf), []);
    return replicas.every(({ pod }) => firing(now).some(({ replica }) => replica === pod));
  });
  since = Date.now();
  await restart("statefulset/alertmanager", namespace);
  await drain(drained);
  await hold(cordoned);
  // A replica that was replaced meanwhile began to wait anew.
  await eventually("both replicas to tell of what is stuck", async () => {
    const replicas = await replicasOf(kubectl);
    const told = firing(await alertsSince(replicas, Date.now() - 15_000)).filter(isStuck);
    return replicas.every(({ pod }) => told.some(({ replica }) => replica === pod));
  });
  seen = await alertsSince(await replicasOf(kubectl), since);
  for (const line of seen.filter(({ labels }) => labels.alertstate === "pending").map(lineOf)) console.log(line);
});

test.after(async () => {
  if (kubectl === undefined) return;
  for (const { name } of running.nodes) await kubectl.text(["uncordon", name]);
  await kubectl.text(["delete", "namespaces", well, stuck, "--ignore-not-found", "--wait=false"]);
  await apply(...normal);
});

test("nothing but the Watchdog fires while a cluster is well, drained, cordoned, scaled and updated", () => {
  assert.deepEqual(firing(seen).filter(isUnwanted).map(lineOf), []);
});

test("the Watchdog fires on both replicas, on one of them all the time", () => {
  const watched = firing(seen).filter(({ labels }) => labels.alertname === "Watchdog");
  assert.equal(watched.length, 2);
  const evaluations = heldMilliseconds / 15_000;
  assert.ok(Math.max(...watched.map(({ times }) => times)) > evaluations, watched.map(lineOf).join("\n"));
});

test("what is stuck meanwhile does fire, on both replicas", () => {
  const told = firing(seen).filter(isStuck);
  assert.deepEqual(
    told.map(({ replica, labels }) => `${replica} ${labels.alertname}`).sort(),
    ["prometheus-0", "prometheus-1"].map((replica) => `${replica} KubePodImagePullFailing`),
  );
});

test("kube-state-metrics moved meanwhile", async () => {
  const seconds = Math.ceil((Date.now() - since) / 1000);
  const instances = `count(count by (instance) (count_over_time(up{job="kube-state-metrics"}[${seconds}s])))`;
  for (const replica of await replicasOf(kubectl)) assert.ok(((await value(replica, instances)) ?? 0) > 1);
});

test.run();

/** Has Prometheus' rules go by faster. One that restarts sees series that ended meanwhile for as long as it looks back. */
async function hurry(): Promise<void> {
  const { objects } = await render(overlay);
  const rules = find(objects, "v1/ConfigMap", configMaps.rules, namespace) ?? assert.fail("no rules");
  const prometheus = find(objects, "apps/v1/StatefulSet", "prometheus", namespace) ?? assert.fail("no Prometheus");
  normal = [rules, prometheus];
  const hurried = Object.entries(rules.data ?? {}).map(([name, text]) => [name, hurriedRules(text)]);
  const lookingBack = structuredClone(prometheus);
  for (const { args } of lookingBack.spec?.template.spec?.containers ?? [])
    args?.push(`--query.lookback-delta=${leastWindowSeconds}s`);
  // An update would replace one pod after the other. Their volumes stay.
  await kubectl.text(["delete", "statefulset", "prometheus", "--cascade=foreground", ...home]);
  await apply({ ...rules, data: Object.fromEntries(hurried) }, lookingBack);
}

function firing(alerts: readonly Seen[]): readonly Seen[] {
  return alerts.filter(({ labels }) => labels.alertstate === "firing");
}

function isStuck({ labels }: Seen): boolean {
  return labels.namespace === stuck;
}

function isUnwanted(alert: Seen): boolean {
  return alert.labels.alertname !== "Watchdog" && !isStuck(alert);
}

/** Which node to drain: volumes do not leave theirs, and a budget lets only one Alertmanager be away. */
async function roles(): Promise<{ drained: string; cordoned: string }> {
  const args = ["get", "pods", "--selector=app.kubernetes.io/name=alertmanager", ...home];
  const { items } = await kubectl.json<{ items: readonly IPod[] }>(args);
  const on = (node: string) => items.filter(({ spec }) => spec?.nodeName === node).length;
  const [drained = "", cordoned = ""] = running.nodes.map(({ name }) => name).sort((a, b) => on(a) - on(b));
  return { drained, cordoned };
}

/** Takes every pod off a node, and gives it back. */
async function drain(node: string): Promise<void> {
  await kubectl.text(["drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=120s"]);
  await sleep(15_000);
  await kubectl.text(["uncordon", node]);
  for (const workload of ["statefulset/prometheus", "statefulset/alertmanager", "deployment/kube-state-metrics"])
    await rolledOut(workload, namespace);
}

/** Keeps a node cordoned while applications are scaled, and they and parts of ours are updated. */
async function hold(node: string): Promise<void> {
  const began = Date.now();
  await kubectl.text(["cordon", node]);
  for (const replicas of [3, 4, 5, 3, 1, 0, 2]) await scale("deployment/app", replicas);
  for (const replicas of [3, 1]) await scale("statefulset/app", replicas);
  for (const workload of ["deployment/app", "statefulset/app"]) await restart(workload, well);
  await restart("deployment/kube-state-metrics", namespace);
  await restart("daemonset/node-exporter", "monitoring-node-exporter");
  await sleep(Math.max(began + heldMilliseconds - Date.now(), 0));
  await kubectl.text(["uncordon", node]);
}

async function scale(workload: string, replicas: number): Promise<void> {
  await kubectl.text(["scale", workload, `--replicas=${replicas}`, `--namespace=${well}`]);
  await rolledOut(workload, well);
}

/** As an update does: it changes an annotation of the pods. */
async function restart(workload: string, where: string): Promise<void> {
  await kubectl.text(["rollout", "restart", workload, `--namespace=${where}`]);
  await rolledOut(workload, where);
}

async function rolledOut(workload: string, where: string): Promise<void> {
  await kubectl.text(["rollout", "status", workload, `--namespace=${where}`, "--timeout=180s"]);
}

async function apply(...objects: readonly object[]): Promise<void> {
  await applyObjects(kubectl, objects);
}

/** One that is well, with a budget; and one that stays on a node which is not drained. */
function applications(node: string): readonly object[] {
  const workload = (kind: string, where: string, spec: object, more: object = {}) => ({
    apiVersion: "apps/v1",
    kind,
    metadata: { name: "app", namespace: where },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: kind } },
      template: { metadata: { labels: { app: kind } }, spec: { terminationGracePeriodSeconds: 1, ...spec } },
      ...more,
    },
  });
  const containers = (image: string) => [{ name: "app", image }];
  return [
    ...[well, stuck].map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    workload("Deployment", well, { containers: containers(pauseReference) }),
    workload("StatefulSet", well, { containers: containers(pauseReference) }, { serviceName: "app" }),
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "app", namespace: well },
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: "Deployment" } } },
    },
    workload(
      "Deployment",
      stuck,
      { nodeName: node, containers: containers("plain-prometheus.invalid/nothing:v1.0.0") },
      { replicas: 1 },
    ),
  ];
}
