import assert from "node:assert/strict";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { parse, stringify } from "yaml";
import {
  type Application,
  application,
  describe,
  isSynced,
  type Resource,
  refresh,
  waitForApplication,
} from "../../scripts/lib/argocd/application.js";
import { portCount } from "../../scripts/lib/argocd/daemons.js";
import { type ArgoCd, startArgoCd } from "../../scripts/lib/argocd/index.js";
import { namespace } from "../../scripts/lib/argocd/layout.js";
import type { Repository } from "../../scripts/lib/argocd/repository.js";
import type { Kubectl } from "../../scripts/lib/kubectl.js";
import { type Program, start } from "../../scripts/lib/poc/program.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";
import { nameOf } from "../../scripts/lib/rendered/objects.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { freePorts, withApiServer } from "./lib/api-server.js";
import { eventually } from "./lib/eventually.js";

// Real Argo CD, a real API server and the real controllers of Kubernetes, and no kubelet: what is applied, changed,
// healed and pruned is all seen here; that pods run is not.

const devbox = "devbox";
const kustomizationFile = "overlays/devbox/kustomization.yaml";

let running: { readonly kubectl: Kubectl };
let repository: Repository;
let argocd: ArgoCd | undefined;
let controllers: Program | undefined;
let server: Promise<void> | undefined;
let finish = () => {};

test.before(async () => {
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-argo-cd-"));
  try {
    const kubeconfig = await new Promise<string>((resolve, reject) => {
      const finished = new Promise<void>((done) => {
        finish = done;
      });
      server = withApiServer("kube-apiserver", async (kubectl, file) => {
        running = { kubectl };
        resolve(file);
        await finished;
      });
      server.catch(reject);
    });
    const flags = [`--kubeconfig=${kubeconfig}`, "--leader-elect=false", "--secure-port=0"];
    const manager = await toolchain.tool("kube-controller-manager");
    controllers = start("kube-controller-manager", manager, flags, folder, (failure) => console.error(failure));
    argocd = await startArgoCd({ folder, kubeconfig, ports: await freePorts(portCount) }, running.kubectl);
    repository = argocd.repository;
  } catch (error) {
    // uvu says of a hook only that it failed.
    console.error(error);
    throw error;
  }
});

test.after(async () => {
  await argocd?.stop();
  await controllers?.stop();
  finish();
  await server;
});

test("devbox is synced at the first attempt, with no wave to order it", async () => {
  await apply(await documented("project.yaml"));
  const began = Date.now();
  await apply(stringify(await documentedApplication()));
  const { status } = await synced(devbox);
  record("an empty cluster to Synced, devbox", began);
  assert.equal(status?.operationState?.retryCount ?? 0, 0);
  assert.equal(status?.history?.length, 1);
});

test("every object of devbox is in the Application and Synced", async () => {
  await allSynced(devbox, "overlays/devbox");
});

test("a second reconciliation and a hard refresh find no difference", async () => {
  await staysAsItIs(devbox);
});

test("a commit that changes the retention changes the Deployment of Prometheus and nothing else", async () => {
  const file = "overlays/devbox/retention.yaml";
  const text = await readFile(join(repository.folder, file), "utf8");
  assert.match(text, /value: 2d/);
  const changed = await changedBy("retention", "Keep samples for three days", { [file]: text.replace("2d", "3d") });
  assert.deepEqual(changed, ["Deployment monitoring-system/prometheus"]);
});

test("a commit that adds a job changes one ConfigMap, and no workload: there is nothing to restart", async () => {
  const kustomization = parse(await readFile(join(repository.folder, kustomizationFile), "utf8"));
  const map = { name: "prometheus-scrape", namespace: "monitoring-system", behavior: "merge", files: ["my-app.yml"] };
  const job = { job_name: "my-app", static_configs: [{ targets: ["localhost:9090"] }] };
  const changed = await changedBy("job", "Scrape my-app", {
    [kustomizationFile]: stringify({ ...kustomization, configMapGenerator: [map] }),
    "overlays/devbox/my-app.yml": stringify({ scrape_configs: [job] }),
  });
  assert.deepEqual(changed, ["ConfigMap monitoring-system/prometheus-scrape"]);
});

test("what somebody changes by hand is healed: more permissions, and a Service that is gone", async () => {
  const role = ["clusterrole", "plain-prometheus:prometheus"];
  const rules = async () => (await running.kubectl.json<{ rules: object[] }>(["get", ...role])).rules;
  const before = await rules();
  const more = { apiGroups: [""], resources: ["secrets"], verbs: ["list"] };
  const patch = JSON.stringify({ rules: [...before, more] });
  const where = ["--namespace", "monitoring-system"];
  const began = Date.now();
  await running.kubectl.text(["patch", ...role, "--type=merge", "--patch", patch]);
  await running.kubectl.text(["delete", "service", "kube-state-metrics", ...where]);
  await eventually("the permissions to be as in Git", async () => {
    assert.deepEqual(await rules(), before);
    return true;
  });
  await eventually("the Service to be there again", async () => {
    await running.kubectl.text(["get", "service", "kube-state-metrics", ...where]);
    return true;
  });
  record("changes by hand, until they are healed", began);
  await synced(devbox);
});

test("a Component that is added brings its objects, and one that is removed takes exactly those away", async () => {
  const kustomization = parse(await readFile(join(repository.folder, kustomizationFile), "utf8"));
  const without = await contents(await application(running.kubectl, devbox));
  const components = [...kustomization.components, "../../base/components/network-policies"];
  const added = await repository.commit("Deny what nobody declares", {
    [kustomizationFile]: stringify({ ...kustomization, components }),
  });
  await refresh(running.kubectl, devbox);
  const all = await contents(await synced(devbox, added));
  const brought = [...all.keys()].filter((name) => !without.has(name));
  assert.ok(brought.length > 3);
  for (const name of brought) assert.match(name, /^NetworkPolicy monitoring-system\//);

  const removed = await repository.revert();
  await refresh(running.kubectl, devbox);
  await synced(devbox, removed);
  assert.deepEqual(await contents(await application(running.kubectl, devbox)), without);
  const left = await running.kubectl.text(["get", "networkpolicies", "--namespace=monitoring-system", "-o", "name"]);
  assert.equal(left, "");
});

test("a commit that does not build is an error of the Application, and nothing in the cluster changes", async () => {
  const text = await readFile(join(repository.folder, kustomizationFile), "utf8");
  await changesNothing("Patch with a file that is not there", /no such file.*retentoin|retentoin.*no such file/s, {
    [kustomizationFile]: text.replace("retention.yaml", "retentoin.yaml"),
  });
});

test("a commit that the API server refuses is one too, and nothing in the cluster changes", async () => {
  const file = "overlays/devbox/resources.yaml";
  const text = await readFile(join(repository.folder, file), "utf8");
  await changesNothing("Ask for more than the limit", /Deployment\/prometheus.*256Gi.*memory limit of 1Gi/s, {
    [file]: text.replace("256Mi", "256Gi"),
  });
});

test("who deletes the Application keeps what it made", async () => {
  const before = await contents(await application(running.kubectl, devbox));
  const gone = await application(running.kubectl, devbox);
  await running.kubectl.text(["delete", "applications.argoproj.io", devbox, "--namespace", namespace]);
  assert.deepEqual(await contents(gone), before);
  await running.kubectl.text(["delete", "--ignore-not-found", "-k", join(repository.folder, "overlays/devbox")]);
});

test.run();

/** A manifest of the documentation, which differs in the repository's address alone. */
async function documented(file: string): Promise<string> {
  const text = await readFile(join(root, "docs/argo-cd", file), "utf8");
  return text.replaceAll("https://git.example.com/you/monitoring.git", argocd?.repositoryUrl ?? "");
}

async function documentedApplication() {
  const manifest = parse(await documented("application.yaml"));
  manifest.metadata.name = devbox;
  manifest.spec.source.path = "overlays/devbox";
  return manifest;
}

async function apply(input: string): Promise<void> {
  await running.kubectl.text(["apply", "--server-side", "-f", "-"], { input });
}

/** Commits something that cannot be applied, sees Argo CD say why and change nothing, and reverts it. */
async function changesNothing(message: string, why: RegExp, files: Record<string, string>): Promise<void> {
  const objects = await contents(await application(running.kubectl, devbox));
  await repository.commit(message, files);
  await refresh(running.kubectl, devbox);
  const broken = await waitForApplication(running.kubectl, devbox, `say ${why}`, ({ status }) =>
    (status?.conditions ?? []).some(({ type, message }) => type === "ComparisonError" && why.test(message)),
  );
  assert.equal(broken.status?.sync?.status, "Unknown");
  assert.deepEqual(await contents(broken), objects);

  const restored = await repository.revert();
  await refresh(running.kubectl, devbox);
  await synced(devbox, restored);
  assert.deepEqual(await contents(await application(running.kubectl, devbox)), objects);
}

async function synced(name: string, revision?: string): Promise<Application> {
  const done = (found: Application) => isSynced(found, revision);
  return await waitForApplication(running.kubectl, name, "be Synced", done, 300);
}

/** Commits, and gives the objects that are not as they were once Argo CD has synced it. */
async function changedBy(what: string, message: string, files: Record<string, string>): Promise<string[]> {
  const before = await contents(await application(running.kubectl, devbox));
  const began = Date.now();
  const revision = await repository.commit(message, files);
  await refresh(running.kubectl, devbox);
  const after = await contents(await synced(devbox, revision));
  record(`a commit, until it is in the cluster: ${what}`, began);
  return [...after].filter(([name, version]) => before.get(name) !== version).map(([name]) => name);
}

/** An Application has the objects of its overlay and no others, and each is Synced. */
async function allSynced(name: string, overlay: string): Promise<void> {
  const found = await application(running.kubectl, name);
  const resources = found.status?.resources ?? [];
  const { objects } = await render(join(repository.folder, overlay));
  assert.deepEqual(resources.map(title).sort(), objects.map(nameOf).sort());
  for (const resource of resources) assert.equal(resource.status, "Synced", describe(found));
}

async function staysAsItIs(name: string): Promise<void> {
  const before = await application(running.kubectl, name);
  const versions = await contents(before);
  for (const how of ["normal", "hard"] as const) {
    await refresh(running.kubectl, name, how);
    const after = await application(running.kubectl, name);
    assert.ok(isSynced(after), describe(after));
    assert.deepEqual(after.status?.history, before.status?.history, "there was another sync");
    assert.equal(after.status?.operationState?.finishedAt, before.status?.operationState?.finishedAt);
  }
  assert.deepEqual(await contents(before), versions);
}

/** The uid and the content of each object of an Application: what a new object or a change of it changes. */
async function contents({ status }: Application): Promise<ReadonlyMap<string, string>> {
  const resources = [...(status?.resources ?? [])].sort((a, b) => title(a).localeCompare(title(b)));
  const input = JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items: resources.map(({ group, version, kind, name, namespace }) => ({
      apiVersion: group === undefined ? version : `${group}/${version}`,
      kind,
      metadata: { name, ...(namespace !== undefined && { namespace }) },
    })),
  });
  const printed = await running.kubectl.text(["get", "-f", "-", "-o", "json"], { input });
  const { items } = JSON.parse(printed) as { items: { metadata: { uid: string }; status?: object }[] };
  return new Map(
    resources.map((resource, index) => {
      const { metadata, status, ...content } = items[index] ?? assert.fail("kubectl printed fewer objects");
      return [title(resource), `${metadata.uid} ${JSON.stringify(content)}`];
    }),
  );
}

/** As {@link nameOf} has it. */
function title({ kind, namespace, name }: Resource): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

function record(what: string, began: number): void {
  console.error(`${what}: ${((Date.now() - began) / 1000).toFixed(0)} s`);
}
