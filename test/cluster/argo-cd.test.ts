import assert from "node:assert/strict";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IClusterRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding";
import { test } from "uvu";
import { parse, stringify } from "yaml";
import type { Repository } from "../../proof/lib/gitops/repository.js";
import type { Kubectl } from "../../scripts/lib/kubectl.js";
import { type Program, start } from "../../scripts/lib/poc/program.js";
import { root } from "../../scripts/lib/project.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { application, refresh, waitForApplication } from "../lib/argocd/application.js";
import { portCount } from "../lib/argocd/daemons.js";
import { type ArgoCd, startArgoCd } from "../lib/argocd/index.js";
import { namespace } from "../lib/argocd/layout.js";
import { freePorts, withApiServer } from "./lib/api-server.js";
import {
  allSynced,
  apply,
  atFirstAttempt,
  contents,
  documented,
  documentedApplication,
  keepForThreeDays,
  kustomizationFile,
  record,
  scrapeMyApp,
  staysAsItIs,
  synced,
} from "./lib/argo-cd.js";
import { eventually } from "./lib/eventually.js";

// Real Argo CD, a real API server and the real controllers of Kubernetes, and no kubelet: what is applied, changed,
// healed and pruned is all seen here; that pods run is seen in argo-cd-live.test.ts.

const devbox = "devbox";
const prod = "monitoring";
const prodOfSet = "monitoring-embedded";

let kubectl: Kubectl;
let repository: Repository;
let argocd: ArgoCd;
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
      server = withApiServer("kube-apiserver", async (bound, file) => {
        kubectl = bound;
        resolve(file);
        await finished;
      });
      server.catch(reject);
    });
    const flags = [`--kubeconfig=${kubeconfig}`, "--leader-elect=false", "--secure-port=0"];
    const manager = await toolchain.tool("kube-controller-manager");
    controllers = start("kube-controller-manager", manager, flags, folder, (failure) => console.error(failure));
    argocd = await startArgoCd({ folder, kubeconfig, ports: await freePorts(portCount) }, kubectl);
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
  await apply(kubectl, await documented("project.yaml", argocd));
  const began = Date.now();
  await apply(kubectl, await documentedApplication(devbox, "overlays/devbox", argocd));
  const found = await synced(kubectl, devbox);
  record("an empty cluster to Synced, devbox", began);
  atFirstAttempt(found);
});

test("every object of devbox is in the Application and Synced", async () => {
  await allSynced(await application(kubectl, devbox), join(repository.folder, "overlays/devbox"));
});

test("a second reconciliation and a hard refresh find no difference", async () => {
  await staysAsItIs(kubectl, devbox);
});

test("a commit that changes the retention changes the Deployment of Prometheus and nothing else", async () => {
  const changed = await changedBy("retention", () => keepForThreeDays(repository));
  assert.deepEqual(changed, ["Deployment monitoring-system/prometheus"]);
});

test("a commit that adds a job changes one ConfigMap, and no workload: there is nothing to restart", async () => {
  const changed = await changedBy("job", () => scrapeMyApp(repository));
  assert.deepEqual(changed, ["ConfigMap monitoring-system/prometheus-scrape"]);
});

test("what somebody changes by hand is healed: more permissions, and a Service that is gone", async () => {
  const role = ["clusterrole", "plain-prometheus:prometheus"];
  const rules = async () => (await kubectl.json<{ rules: object[] }>(["get", ...role])).rules;
  const before = await rules();
  const more = { apiGroups: [""], resources: ["secrets"], verbs: ["list"] };
  const patch = JSON.stringify({ rules: [...before, more] });
  const where = ["--namespace", "monitoring-system"];
  const began = Date.now();
  await kubectl.text(["patch", ...role, "--type=merge", "--patch", patch]);
  await kubectl.text(["delete", "service", "kube-state-metrics", ...where]);
  await eventually("the permissions to be as in Git", async () => {
    assert.deepEqual(await rules(), before);
    return true;
  });
  await eventually("the Service to be there again", async () => {
    await kubectl.text(["get", "service", "kube-state-metrics", ...where]);
    return true;
  });
  record("changes by hand, until they are healed", began);
  await synced(kubectl, devbox);
});

test("a Component that is added brings its objects, and one that is removed takes exactly those away", async () => {
  const kustomization = parse(await readFile(join(repository.folder, kustomizationFile), "utf8"));
  const without = await contents(kubectl, await application(kubectl, devbox));
  const components = [...kustomization.components, "../../base/components/network-policies"];
  const added = await repository.commit("Deny what nobody declares", {
    [kustomizationFile]: stringify({ ...kustomization, components }),
  });
  await refresh(kubectl, devbox);
  const all = await contents(kubectl, await synced(kubectl, devbox, added));
  const brought = [...all.keys()].filter((name) => !without.has(name));
  assert.ok(brought.length > 3);
  for (const name of brought) assert.match(name, /^NetworkPolicy monitoring-system\//);

  const removed = await repository.revert();
  await refresh(kubectl, devbox);
  await synced(kubectl, devbox, removed);
  assert.deepEqual(await contents(kubectl, await application(kubectl, devbox)), without);
  const left = await kubectl.text(["get", "networkpolicies", "--namespace=monitoring-system", "-o", "name"]);
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
  const before = await contents(kubectl, await application(kubectl, devbox));
  const gone = await application(kubectl, devbox);
  await remove(`applications.argoproj.io/${devbox}`);
  assert.deepEqual(await contents(kubectl, gone), before);
  await discard("overlays/devbox");
});

test("prod is synced at the first attempt by the documented Application, with no wave to order it", async () => {
  const began = Date.now();
  await apply(kubectl, await documented("application.yaml", argocd));
  const found = await synced(kubectl, prod);
  record("an empty cluster to Synced, prod", began);
  atFirstAttempt(found);
  await allSynced(found, join(repository.folder, "overlays/prod"));
});

test("of prod too a second reconciliation and a hard refresh find no difference", async () => {
  await staysAsItIs(kubectl, prod);
});

test("the ApplicationSet takes prod over from the Application, each object as it is", async () => {
  const before = await contents(kubectl, await application(kubectl, prod));
  await remove(`applications.argoproj.io/${prod}`);
  await apply(kubectl, await documented("application-set.yaml", argocd));
  await eventually("the ApplicationSet to make an Application", async () => await exists(prodOfSet));
  const found = await synced(kubectl, prodOfSet);
  atFirstAttempt(found);
  await allSynced(found, join(repository.folder, "overlays/prod"));
  assert.deepEqual(await contents(kubectl, found), before);
  await staysAsItIs(kubectl, prodOfSet);
});

test("who deletes the ApplicationSet keeps what its Applications made", async () => {
  const gone = await application(kubectl, prodOfSet);
  const before = await contents(kubectl, gone);
  await remove("applicationsets.argoproj.io/monitoring");
  await eventually("its Application to be gone", async () => !(await exists(prodOfSet)));
  assert.deepEqual(await contents(kubectl, gone), before);
  await discard("overlays/prod");
});

test("devbox works in a namespace and with labels that Argo CD sets, and is tracked by a label just as well", async () => {
  await trackBy("label");
  const manifest = await documentedApplication("moved", "overlays/devbox", argocd);
  // Its objects go with it, and the documented project allows no other namespace.
  manifest.metadata.finalizers = ["resources-finalizer.argocd.argoproj.io"];
  manifest.spec.project = "default";
  manifest.spec.source.kustomize = {
    namespace: "elsewhere",
    commonLabels: { team: "sre" },
    labelWithoutSelector: true,
    labelIncludeTemplates: true,
    commonAnnotations: { owner: "sre" },
  };
  await apply(kubectl, manifest);
  const { status } = await synced(kubectl, "moved");
  assert.deepEqual(new Set(status?.resources?.map(({ namespace }) => namespace)), new Set(["elsewhere", undefined]));
  const bindings = ["get", "clusterrolebindings,rolebindings", "--all-namespaces", "--selector=team=sre"];
  const subjects = (await kubectl.json<{ items: IClusterRoleBinding[] }>(bindings)).items.flatMap(
    ({ subjects }) => subjects ?? [],
  );
  assert.deepEqual(
    new Set(subjects.map(({ name, namespace }) => `${namespace}/${name}`)),
    new Set(["elsewhere/kube-state-metrics", "elsewhere/prometheus"]),
  );
  const where = ["--namespace", "elsewhere"];
  const { metadata, spec } = await kubectl.json<IDeployment>(["get", "deployment", "prometheus", ...where]);
  const tracked = "app.kubernetes.io/instance";
  assert.equal(metadata?.labels?.team, "sre");
  assert.equal(metadata?.labels?.[tracked], "moved");
  assert.equal(metadata?.annotations?.owner, "sre");
  assert.equal(spec?.template.metadata?.labels?.team, "sre");
  assert.equal(spec?.template.metadata?.labels?.[tracked], undefined);
  assert.deepEqual(spec?.selector.matchLabels, { "app.kubernetes.io/name": "prometheus" });
  await staysAsItIs(kubectl, "moved");
  await remove("applications.argoproj.io/moved");
  assert.equal(await kubectl.text(["get", "namespace", "elsewhere", "--ignore-not-found", "-o", "name"]), "");
  await trackBy("annotation");
});

test("the generators as a plugin of the repo-server give what base has: nothing changes without it", async () => {
  const plugin = parse(await readFile(join(root, "docs/plugin/plain-prometheus.yaml"), "utf8"));
  const path = join(root, "docs/plugin/plain-prometheus.js");
  plugin.metadata.annotations["config.kubernetes.io/function"] = stringify({ exec: { path } });
  await repository.commit("Ask the generators directly", {
    "plugin/kustomization.yaml": await readFile(join(root, "docs/plugin/kustomization.yaml"), "utf8"),
    "plugin/plain-prometheus.yaml": stringify(plugin),
  });
  const manifest = await documentedApplication("generated", "plugin", argocd);
  manifest.spec.source.plugin = { name: "plain-prometheus" };
  await kubectl.text(["wait", "--for=delete", "namespace/monitoring-system", "--timeout=180s"]);
  await apply(kubectl, manifest);
  const generated = await synced(kubectl, "generated");
  atFirstAttempt(generated);
  await allSynced(generated, "base");
  const made = await contents(kubectl, generated);

  await apply(kubectl, await documentedApplication("generated", "base", argocd));
  const found = await waitForApplication(
    kubectl,
    "generated",
    "be compared with base",
    ({ status }) => status?.sync?.comparedTo?.source?.path === "base",
  );
  assert.equal(found.status?.sync?.status, "Synced");
  assert.deepEqual(found.status?.history, generated.status?.history, "there was another sync");
  assert.deepEqual(await contents(kubectl, found), made);
});

test.run();

async function remove(object: string): Promise<void> {
  await kubectl.text(["delete", object, "--namespace", namespace]);
}

/** No test waits for namespaces to be gone, but one that makes them again. */
async function discard(overlay: string): Promise<void> {
  await kubectl.text(["delete", "--ignore-not-found", "--wait=false", "-k", join(repository.folder, overlay)]);
}

async function exists(name: string): Promise<boolean> {
  const named = [`applications.argoproj.io/${name}`, "--ignore-not-found", "-o", "name"];
  return (await kubectl.text(["get", ...named, "--namespace", namespace])) !== "";
}

/** By what Argo CD knows an object as its own: an annotation unless it is told otherwise, or a label. */
async function trackBy(how: "annotation" | "label"): Promise<void> {
  const patch = JSON.stringify({ data: { "application.resourceTrackingMethod": how } });
  await kubectl.text(["patch", "configmap", "argocd-cm", "--namespace", namespace, "--type=merge", "--patch", patch]);
}

/** Commits something that cannot be applied, sees Argo CD say why and change nothing, and reverts it. */
async function changesNothing(message: string, why: RegExp, files: Record<string, string>): Promise<void> {
  const objects = await contents(kubectl, await application(kubectl, devbox));
  await repository.commit(message, files);
  await refresh(kubectl, devbox);
  const broken = await waitForApplication(kubectl, devbox, `say ${why}`, ({ status }) =>
    (status?.conditions ?? []).some(({ type, message }) => type === "ComparisonError" && why.test(message)),
  );
  assert.equal(broken.status?.sync?.status, "Unknown");
  assert.deepEqual(await contents(kubectl, broken), objects);

  const restored = await repository.revert();
  await refresh(kubectl, devbox);
  await synced(kubectl, devbox, restored);
  assert.deepEqual(await contents(kubectl, await application(kubectl, devbox)), objects);
}

/** Commits, and gives the objects that are not as they were once Argo CD has synced it. */
async function changedBy(what: string, commit: () => Promise<string>): Promise<string[]> {
  const before = await contents(kubectl, await application(kubectl, devbox));
  const began = Date.now();
  const revision = await commit();
  await refresh(kubectl, devbox);
  const after = await contents(kubectl, await synced(kubectl, devbox, revision));
  record(`a commit, until it is in the cluster: ${what}`, began);
  return [...after].filter(([name, version]) => before.get(name) !== version).map(([name]) => name);
}
