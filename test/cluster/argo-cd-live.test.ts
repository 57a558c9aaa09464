import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IPod } from "kubernetes-models/v1/Pod";
import { test } from "uvu";
import { stringify } from "yaml";
import { cluster, imageSources } from "../../scripts/lib/cluster/index.js";
import type { Kubectl } from "../../scripts/lib/kubectl.js";
import { deletions } from "../../scripts/lib/left-out.js";
import { render } from "../../scripts/lib/render.js";
import { table, verify } from "../../scripts/lib/verify/index.js";
import { refresh, waitForApplication } from "../lib/argocd/application.js";
import { portCount } from "../lib/argocd/daemons.js";
import { type ArgoCd, startArgoCd } from "../lib/argocd/index.js";
import { uninstall } from "../lib/argocd/install.js";
import { namespace } from "../lib/argocd/layout.js";
import { freePorts } from "./lib/api-server.js";
import {
  allSynced,
  apply,
  atFirstAttempt,
  documented,
  documentedApplication,
  healthy,
  keepForThreeDays,
  kustomizationFile,
  record,
  scrapeMyApp,
} from "./lib/argo-cd.js";
import { eventually } from "./lib/eventually.js";
import { retention, targets } from "./lib/prometheus.js";

// Real Argo CD beside the embedded cluster: what becomes of a commit in the pods. What becomes of it in the objects is
// seen in argo-cd.test.ts.

const devbox = "devbox";
const prod = "monitoring";
const where = ["--namespace", "monitoring-system"];

let kubectl: Kubectl;
let argocd: ArgoCd;

test.before(async () => {
  try {
    const running = await cluster.start({
      kubeletTls: "self-signed",
      nodes: 1,
      enforcing: true,
      images: imageSources(),
    });
    kubectl = running.kubectl;
    await clear();
    const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-argo-cd-"));
    const place = { folder, kubeconfig: running.layout.kubeconfig, ports: await freePorts(portCount) };
    argocd = await startArgoCd(place, kubectl);
  } catch (error) {
    // uvu says of a hook only that it failed.
    console.error(error);
    throw error;
  }
});

test.after(async () => {
  await argocd?.stop();
  if (kubectl !== undefined) await clear();
});

test("devbox becomes Synced and Healthy at the first attempt", async () => {
  await apply(kubectl, await documented("project.yaml", argocd));
  await becomesHealthy(devbox, "overlays/devbox");
});

test("a commit that adds a job is live with no pod replaced and no container restarted, and every target is up", async () => {
  const before = await pods();
  const began = Date.now();
  const revision = await scrapeMyApp(argocd.repository);
  await refresh(kubectl, devbox);
  await eventually("my-app to be up", async () =>
    (await targets(kubectl)).some(({ labels, health }) => labels.job === "my-app" && health === "up"),
  );
  record("a commit that adds a job, until its target is up", began);
  await healthy(kubectl, devbox, revision);
  assert.deepEqual(await pods(), before);
  const folder = join(argocd.repository.folder, "overlays/devbox");
  const report = await verify({ overlay: folder, kubectl, waitMilliseconds: 180_000 });
  assert.ok(report.ok, table(report));
});

test("a commit that does not build leaves monitoring running, and so does its revert", async () => {
  const before = await pods();
  const text = await readFile(join(argocd.repository.folder, kustomizationFile), "utf8");
  await argocd.repository.commit("Patch with a file that is not there", {
    [kustomizationFile]: text.replace("retention.yaml", "retentoin.yaml"),
  });
  await refresh(kubectl, devbox);
  await waitForApplication(kubectl, devbox, "say what does not build", ({ status }) =>
    (status?.conditions ?? []).some(({ type, message }) => type === "ComparisonError" && /retentoin/.test(message)),
  );
  const broken = Date.now();
  await eventually("Prometheus to scrape all the same", async () =>
    (await targets(kubectl)).some(({ health, lastScrape }) => health === "up" && Date.parse(lastScrape) > broken),
  );
  const restored = await argocd.repository.revert();
  await refresh(kubectl, devbox);
  await healthy(kubectl, devbox, restored);
  assert.deepEqual(await pods(), before);
});

test("a commit that changes the retention is live, and replaces the pod of Prometheus alone", async () => {
  const before = await pods();
  const began = Date.now();
  const revision = await keepForThreeDays(argocd.repository);
  await refresh(kubectl, devbox);
  await eventually("Prometheus to keep samples for 3d", async () => (await retention(kubectl)).startsWith("3d"));
  record("a commit that changes the retention, until Prometheus says so", began);
  await healthy(kubectl, devbox, revision);
  const after = await pods();
  const replaced = [...before].filter(([uid]) => !after.has(uid)).map(([, pod]) => pod);
  assert.equal(replaced.length, 1);
  assert.match(replaced[0] ?? "", /^prometheus-/);
});

test("a workload that somebody deletes by hand runs again", async () => {
  const began = Date.now();
  await kubectl.text(["delete", "deployment", "kube-state-metrics", ...where]);
  await eventually("kube-state-metrics to be ready", async () => {
    const { status } = await kubectl.json<IDeployment>(["get", "deployment", "kube-state-metrics", ...where]);
    return status?.readyReplicas === 1;
  });
  record("a workload deleted by hand, until it runs again", began);
  await healthy(kubectl, devbox);
});

test("prod becomes Synced and Healthy at the first attempt, with a replica of Prometheus to spare", async () => {
  await kubectl.text(["delete", "applications.argoproj.io", devbox, "--namespace", namespace]);
  await kubectl.text(["delete", "-k", "overlays/devbox", "--ignore-not-found"]);
  await apply(kubectl, { apiVersion: "v1", kind: "Namespace", metadata: { name: "monitoring" } });
  const secret = {
    metadata: { name: "grafana-admin", namespace: "monitoring" },
    stringData: { username: "admin", password: randomUUID() },
  };
  await apply(kubectl, { apiVersion: "v1", kind: "Secret", ...secret });
  await becomesHealthy(prod, "overlays/prod");
  assert.deepEqual(await readyReplicas(), ["prometheus-0", "prometheus-1"]);
});

test.run();

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly uid: string };
    readonly status: { readonly containerStatuses?: readonly { readonly restartCount: number }[] };
  }[];
}

/** Takes away what this test makes, of an earlier run too. */
async function clear(): Promise<void> {
  await uninstall(kubectl);
  for (const overlay of ["overlays/devbox", "overlays/prod"]) {
    await kubectl.text(["delete", "-k", overlay, "--ignore-not-found"]);
  }
}

/** The pods of devbox by their uids: the name of each, and how often its containers were restarted. */
async function pods(): Promise<ReadonlyMap<string, string>> {
  const { items } = await kubectl.json<Pods>(["get", "pods", ...where]);
  return new Map(
    items.map(({ metadata: { uid, name }, status }) => {
      const restarts = (status.containerStatuses ?? []).map(({ restartCount }) => restartCount);
      return [uid, `${name}, restarts: ${restarts}`];
    }),
  );
}

/** An overlay is synced at the first attempt, all of it that this cluster has images for, and its workloads run. */
async function becomesHealthy(name: string, of: string): Promise<void> {
  const overlay = await leaveOut(of);
  const began = Date.now();
  await apply(kubectl, await documentedApplication(name, overlay, argocd));
  const found = await healthy(kubectl, name);
  record(`an empty cluster to Synced and Healthy, ${of}`, began);
  atFirstAttempt(found);
  await allSynced(found, join(argocd.repository.folder, overlay));
  const workloads = (found.status?.resources ?? []).filter(({ group }) => group === "apps");
  assert.ok(workloads.length >= 4);
  for (const { name, health } of workloads) assert.equal(health?.status, "Healthy", name);
}

/** The replicas of prod's Prometheus that are ready, by name. */
async function readyReplicas(): Promise<readonly string[]> {
  const selector = "--selector=app.kubernetes.io/name=prometheus";
  const { items } = await kubectl.json<{ items: IPod[] }>(["get", "pods", "--namespace=monitoring", selector]);
  const ready = items.filter(({ status }) => status?.containerStatuses?.every(({ ready }) => ready));
  return ready.map(({ metadata }) => metadata?.name ?? "").sort();
}

/** Commits an overlay that has all of another but what needs an image that cannot be had here; gives its folder. */
async function leaveOut(of: string): Promise<string> {
  const folder = `${of}-here`;
  const kustomization = {
    resources: [`../${of.split("/").at(-1)}`],
    patches: deletions(await render(of), kubectl.lacks),
  };
  await argocd.repository.commit(`Leave out of ${of} what has no image here`, {
    [`${folder}/kustomization.yaml`]: stringify(kustomization),
  });
  return folder;
}
