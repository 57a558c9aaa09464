import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import type { IPod } from "kubernetes-models/v1/Pod";
import { test } from "uvu";
import { $ } from "zx";
import { cluster, imageSources } from "../../scripts/lib/cluster/index.js";
import { Failure } from "../../scripts/lib/failure.js";
import type { Kubectl } from "../../scripts/lib/kubectl.js";
import { withApplicable } from "../../scripts/lib/left-out.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";
import { workloadsOf } from "../../scripts/lib/rendered/workloads.js";
import { type Problem, type Report, verify } from "../../scripts/lib/verify/index.js";
import { problemsOf } from "../../scripts/lib/verify/report.js";
import { isReady } from "../../scripts/lib/verify/workload-health.js";
import { eventually } from "./lib/eventually.js";
import { withOverlay } from "./lib/overlay.js";
import { places, runRunbooks } from "./lib/runbooks.js";

const overlay = "overlays/prod";
const rendered = await render(overlay);
const namespaces = ["monitoring", "monitoring-node-exporter"];

let kubectl: Kubectl;

test("a storage class that does not exist is named, in namespaces that were there without labels", async () => {
  kubectl = (await cluster.start({ kubeletTls: "self-signed", nodes: 1, enforcing: true, images: imageSources() }))
    .kubectl;
  await kubectl.text(["delete", "-k", "overlays/devbox", "--ignore-not-found"]);
  for (const namespace of namespaces) {
    await kubectl.text(["delete", "namespace", namespace, "--ignore-not-found"]);
    await kubectl.text(["create", "namespace", namespace]);
  }
  const claim = {
    metadata: { name: "data" },
    spec: {
      storageClassName: "nowhere",
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "50Gi" } },
    },
  };
  const patches = [
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "prometheus", namespace: "monitoring" },
      spec: { volumeClaimTemplates: [claim] },
    },
  ];
  await withOverlay({ resources: [overlay], patches }, async (folder) => {
    await applyWithoutWaiting(folder);
    const problem = await problemThat(folder, /wants the storage class nowhere, which does not exist/);
    assert.match(problem.subject, /StatefulSet monitoring\/prometheus, pod prometheus-\d/);
    assert.match(problem.cure, /set storageClassName to one that the cluster has \(standard\)/);
  });
  await startOver();
});

test("a Secret that is missing is named by the pod and by verify", async () => {
  await withOverlay({ resources: [overlay], components: ["base/components/alertmanager-webhooks"] }, async (folder) => {
    await applyWithoutWaiting(folder);
    const problem = await problemThat(folder, /secret "alertmanager-receivers" not found/);
    assert.equal(problem.cure, "create the Secret alertmanager-receivers in namespace monitoring");
  });
  const events = await kubectl.text(["events", "--namespace", "monitoring", "--for", "pod/alertmanager-0"]);
  assert.match(events, /FailedMount.*secret "alertmanager-receivers" not found/);
  await startOver();
});

test("one apply is enough, on one node too: all is up but what a self-signed kubelet serves", async () => {
  await applyWithoutWaiting(overlay);
  const bothSeeTheKubelet = ({ replicas }: Report) =>
    replicas.length === 2 && replicas.every(({ jobs }) => jobs.every(({ problems }) => problems.every(isDown)));
  let report: Report | undefined;
  await eventually("both replicas to run and to have scraped everything", async () => {
    report = await verify({ overlay, kubectl });
    return bothSeeTheKubelet(report) && report.problems.length === 0;
  });
  for (const { pod, jobs } of report?.replicas ?? []) {
    for (const { job, expected, up } of jobs) {
      assert.equal(up, ["kubelet", "cadvisor"].includes(job) ? 0 : expected, `${job} of ${pod}`);
    }
  }
  for (const { subject, reason, cure } of problemsOf(report as Report)) {
    assert.match(subject, /:10250\/metrics/);
    assert.match(reason, /x509/);
    assert.match(cure, /serverTLSBootstrap: true.*components\/insecure-kubelet-tls/);
  }
});

test("namespaces that were there without labels have them now", async () => {
  for (const [namespace, level] of [
    ["monitoring", "restricted"],
    ["monitoring-node-exporter", "privileged"],
  ] as const) {
    const { metadata } = await kubectl.json<{ metadata: { labels: Record<string, string> } }>([
      "get",
      "namespace",
      namespace,
    ]);
    assert.equal(metadata.labels["pod-security.kubernetes.io/enforce"], level);
  }
});

test("npm run up: every job is up on both replicas, the kubelets' certificates verified", async () => {
  const args = ["--overlay", overlay, "--kubelet-tls", "cluster-ca", "--nodes", "2"];
  const up = $({ cwd: root, quiet: true, stdio: ["ignore", "pipe", "inherit"] });
  const { stdout } = await up`npm run -s up -- ${args}`;
  assert.match(stripVTControlCharacters(stdout), /all hold: 2 replicas, \d+ jobs, \d+ targets up/);
  const running = await cluster.current();
  if (running === undefined) throw new Error("npm run up succeeded, and there is no cluster");
  kubectl = running.kubectl;
  const config = await kubectl.text(["get", "configmap", "prometheus-scrape", "--namespace=monitoring", "-o", "json"]);
  assert.match(config, /job_name: kubelet/);
  assert.doesNotMatch(config, /insecure_skip_verify: true/);
});

test("npm run verify says the same", async () => {
  const { stdout, exitCode } = await $({ cwd: root, quiet: true, nothrow: true })`npm run -s verify -- ${overlay}`;
  assert.equal(exitCode, 0, stdout);
});

test("every command of the runbooks works with overlays/prod", async () => {
  const running = await cluster.current();
  assert.ok(running);
  await runRunbooks(running, places.prod);
});

test("the replicas run on different nodes, each on a volume of its own", async () => {
  const pods = await podsIn("monitoring", "app.kubernetes.io/name=prometheus");
  assert.deepEqual(new Set(pods.map(({ spec }) => spec?.nodeName)), new Set(["devbox", "devbox-2"]));
  const { items } = await kubectl.json<{ items: { spec: { volumeName: string } }[] }>([
    "get",
    "persistentvolumeclaims",
    "--namespace=monitoring",
    "--selector=app.kubernetes.io/name=prometheus",
  ]);
  assert.equal(new Set(items.map(({ spec }) => spec.volumeName)).size, 2);
});

for (const { object, pod, claims } of workloadsOf(rendered)) {
  const isHostWatcher = object.includes("node-exporter");
  test(`${object}: a namespace that enforces restricted ${isHostWatcher ? "refuses" : "admits"} its pod`, async () => {
    const volumes = claims.map(({ metadata }) => ({ name: metadata?.name, emptyDir: {} }));
    const spec = { ...pod, volumes: [...(pod.volumes ?? []), ...volumes] };
    if (!isHostWatcher) return void (await tryPod("monitoring", spec));
    await assert.rejects(tryPod("monitoring", spec), (error: unknown) => {
      assert.ok(error instanceof Failure);
      assert.match(error.message, /violates PodSecurity "restricted:latest": .*host namespaces/);
      return true;
    });
    await tryPod("monitoring-node-exporter", spec);
  });
}

test("applying twice changes nothing", async () => {
  await withApplicable(rendered, kubectl, async (folder) => {
    await kubectl.text(["apply", "-k", folder]);
    const before = await generations();
    await kubectl.text(["apply", "-k", folder]);
    assert.equal(await kubectl.text(["diff", "-k", folder]), "");
    assert.deepEqual(await generations(), before);
  });
});

test("an update that cannot start takes one replica and leaves the other, and taking it back mends it", async () => {
  const set = ["statefulset/prometheus", "--namespace=monitoring"];
  const ready = async () => (await podsIn("monitoring", "app.kubernetes.io/name=prometheus")).filter(isReady).length;
  await eventually("both replicas to be available", async () => {
    const { status } = await kubectl.json<{ status?: { availableReplicas?: number } }>(["get", ...set]);
    return status?.availableReplicas === 2;
  });
  await kubectl.text(["set", "image", ...set, "prometheus=quay.io/prometheus/prometheus:v0.0.0"]);
  await eventually("one replica to be replaced", async () => (await ready()) === 1);
  for (let look = 0; look < 20; look++) {
    await sleep(1_000);
    assert.equal(await ready(), 1);
  }
  await kubectl.text(["rollout", "undo", ...set]);
  await eventually("both replicas to be ready", async () => (await ready()) === 2);
});

test.run();

/** Applies what of an overlay the cluster has images for. */
async function applyWithoutWaiting(overlayOrFolder: string): Promise<void> {
  await withApplicable(await render(overlayOrFolder), kubectl, (folder) => kubectl.text(["apply", "-k", folder]));
}

function isDown({ kind }: Problem): boolean {
  return kind === "down";
}

async function problemThat(folder: string, pattern: RegExp): Promise<Problem> {
  let found: Problem | undefined;
  await eventually(`verify to say ${pattern}`, async () => {
    const report = await verify({ overlay: folder, kubectl });
    found = problemsOf(report).find(({ reason }) => pattern.test(reason));
    assert.equal(report.ok, false);
    return found !== undefined;
  });
  return found as Problem;
}

/**
 * A claim cannot be changed, and stays when its StatefulSet goes. It goes only once nothing uses it: a StatefulSet that is
 * still there may make a pod anew between the two, and the claim would stay for ever.
 */
async function startOver(): Promise<void> {
  const where = ["--namespace", "monitoring"];
  await kubectl.text(["delete", "statefulsets", "--all", ...where]);
  await kubectl.text(["delete", "pods,persistentvolumeclaims", "--all", ...where]);
}

async function podsIn(namespace: string, selector: string): Promise<readonly IPod[]> {
  const args = ["get", "pods", "--namespace", namespace, "--selector", selector];
  return (await kubectl.json<{ items: readonly IPod[] }>(args)).items;
}

/** Has the API server say whether it would take a pod: admission and all, and nothing is made. */
async function tryPod(namespace: string, spec: object): Promise<void> {
  // Another namespace does not have the account, which is asked for first.
  const metadata = { name: "tried", namespace };
  const pod = { apiVersion: "v1", kind: "Pod", metadata, spec: { ...spec, serviceAccountName: "default" } };
  await kubectl.text(["create", "--dry-run=server", "--filename=-"], { input: JSON.stringify(pod) });
}

/** What an apply that changes nothing leaves alone: the generation of each workload, and each pod. */
async function generations(): Promise<readonly string[]> {
  const { items } = await kubectl.json<{ items: { metadata: { name: string; uid: string; generation?: number } }[] }>([
    "get",
    "statefulsets,deployments,daemonsets,pods",
    "--namespace=monitoring",
  ]);
  return items.map(({ metadata: { name, uid, generation } }) => `${name} ${uid} ${generation ?? ""}`).sort();
}
