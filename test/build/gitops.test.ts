import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { IEnvVar } from "kubernetes-models/v1/EnvVar";
import { test } from "uvu";
import { parse } from "yaml";
import { $ } from "zx";
import { problems } from "../../scripts/lib/build.js";
import { runChecks } from "../../scripts/lib/checks/index.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";
import { ofKind, type RenderedObject } from "../../scripts/lib/rendered/objects.js";
import { customSchemas } from "../../scripts/lib/toolchain/custom-schemas.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { kubernetesSchemas } from "../../scripts/lib/toolchain/kubernetes-schemas.js";

const overlays = await Promise.all(["overlays/devbox", "overlays/prod"].map((overlay) => render(overlay)));
const kubeconform = await toolchain.tool("kubeconform");
const projects = [
  // Argo CD's Application, ApplicationSet and AppProject.
  { title: "Argo CD", folder: "argocd", module: "github.com/argoproj/argo-cd/v3", files: "manifests/crds/*-crd.yaml" },
  // Flux' Kustomization, and the sources that it reads.
  ...["kustomize-controller", "source-controller"].map((controller) => ({
    title: `Flux' ${controller}`,
    folder: controller,
    module: `github.com/fluxcd/${controller}`,
    files: "config/crd/bases/*.yaml",
  })),
];
const schemas = [await kubernetesSchemas(), ...(await Promise.all(projects.map(customSchemas)))];

async function manifest(path: string) {
  return parse(await readFile(join(root, "docs", path), "utf8"));
}

async function violations(input: string): Promise<string> {
  const locations = schemas.flatMap((schema) => ["-schema-location", schema]);
  const run = $({ input, quiet: true, nothrow: true });
  return (await run`${kubeconform} -strict ${locations} -`).stdout;
}

for (const folder of ["argo-cd", "flux"]) {
  for (const file of (await readdir(join(root, "docs", folder))).filter((name) => name.endsWith(".yaml"))) {
    test(`docs/${folder}/${file} is as its project's schema has it`, async () => {
      const text = await readFile(join(root, "docs", folder, file), "utf8");
      assert.equal(await violations(text), "");
      assert.match(await violations(text.replace(/^spec:$/m, "spec:\n  noSuchField: 1")), /noSuchField/);
    });
  }
}

test("Argo CD's project allows the namespaces and the cluster's kinds of the overlays, and nothing else", async () => {
  const { spec } = await manifest("argo-cd/project.yaml");
  const objects = overlays.flatMap((overlay) => overlay.objects);
  const namespaces = objects.flatMap(({ metadata: { namespace } }) => namespace ?? []);
  assert.deepEqual(
    spec.destinations.map(({ namespace }: { namespace: string }) => namespace).sort(),
    [...new Set(namespaces)].sort(),
  );
  const kinds = objects.filter(({ metadata: { namespace } }) => namespace === undefined).map(groupAndKind);
  assert.deepEqual(
    spec.clusterResourceWhitelist.map(({ group, kind }: { group: string; kind: string }) => `${group}/${kind}`).sort(),
    [...new Set(kinds)].sort(),
  );
  assert.ok(!objects.map(groupAndKind).includes("/Secret"));
});

test("an ApplicationSet's Applications are as the one Application", async () => {
  const { spec, metadata } = await manifest("argo-cd/application.yaml");
  const { template } = (await manifest("argo-cd/application-set.yaml")).spec;
  assert.deepEqual(template.spec.syncPolicy, spec.syncPolicy);
  assert.deepEqual(template.metadata.annotations, metadata.annotations);
});

test("an ApplicationSet that names clusters does the same besides, in either overlay", async () => {
  const [plain, named] = await Promise.all(
    ["application-set.yaml", "application-set-named.yaml"].map((file) => manifest(`argo-cd/${file}`)),
  );
  const { kustomize, ...source } = named.spec.template.spec.source;
  const without = structuredClone(named);
  without.spec.template.spec.source = source;
  assert.deepEqual(without, plain);
  const patches = JSON.parse(JSON.stringify(kustomize.patches).replaceAll("{{ .nameNormalized }}", "berlin"));
  for (const before of overlays) {
    const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
    try {
      const kustomization = { resources: [relative(folder, join(root, before.overlay))], patches };
      await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(kustomization));
      const { objects } = await render(folder);
      // Kustomize puts what it changes of a list in front.
      const text = (all: readonly RenderedObject[]) =>
        JSON.stringify(all, (key, value) =>
          key === "env" ? value.toSorted((one: IEnvVar, other: IEnvVar) => one.name.localeCompare(other.name)) : value,
        );
      const expected = text(before.objects).replaceAll(/("CLUSTER","value":)"\w+"/g, '$1"berlin"');
      assert.notEqual(expected, text(before.objects));
      assert.deepEqual(JSON.parse(text(objects)), JSON.parse(expected));
    } finally {
      await rm(folder, { recursive: true });
    }
  }
});

test("a claim of a StatefulSet says what the API server would add, which Argo CD's own comparison takes for a change", () => {
  const sets = ofKind(
    overlays.flatMap(({ objects }) => objects),
    "apps/v1/StatefulSet",
  );
  const claims = sets.flatMap(({ spec }) => spec?.volumeClaimTemplates ?? []);
  assert.ok(claims.length >= 2);
  for (const { apiVersion, kind } of claims) assert.deepEqual([apiVersion, kind], ["v1", "PersistentVolumeClaim"]);
});

test("neither Flux' Secrets nor what needs them wait for the other, whose namespace or Secret they have to bring", async () => {
  for (const file of ["flux/monitoring.yaml", "flux/secrets.yaml"]) {
    const { spec } = await manifest(file);
    assert.equal(spec.dependsOn, undefined, file);
    assert.ok(spec.retryInterval, file);
  }
});

test("who deletes one of Flux' Kustomizations keeps what it made", async () => {
  for (const file of ["flux/monitoring.yaml", "flux/secrets.yaml"]) {
    const { spec } = await manifest(file);
    assert.ok(spec.prune, file);
    assert.equal(spec.deletionPolicy, "Orphan", file);
  }
});

test("Flux waits for the workloads of overlays/prod", async () => {
  const { spec } = await manifest("flux/monitoring.yaml");
  const { objects } = await render(spec.path.replace("./", ""));
  const workloads = objects.filter(({ kind }) => ["DaemonSet", "Deployment", "StatefulSet"].includes(kind));
  const title = ({ kind, name, namespace }: Record<string, string>) => `${kind} ${namespace}/${name}`;
  assert.deepEqual(
    spec.healthChecks.map(title).sort(),
    workloads.map(({ kind, metadata: { name, namespace = "" } }) => title({ kind, name, namespace })).sort(),
  );
});

test("devbox is right when Argo CD sets another namespace, labels and annotations, and its selectors stay", async () => {
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
  try {
    for (const name of ["base", "overlays"]) await cp(join(root, name), join(folder, name), { recursive: true });
    const overlay = join(folder, "overlays/devbox");
    const kustomize = await toolchain.tool("kustomize");
    // The commands of Argo CD for `kustomize:` in an Application's source.
    const edit = $({ quiet: true, cwd: overlay });
    await edit`${kustomize} edit add label --without-selector --include-templates team:sre`;
    await edit`${kustomize} edit add annotation --force owner:sre`;
    await edit`${kustomize} edit set namespace -- elsewhere`;
    const rendered = await render(overlay);
    assert.equal(problems([{ overlay, findings: await runChecks(rendered) }]), "");
    const [deployment] = ofKind(rendered.objects, "apps/v1/Deployment");
    assert.equal(deployment?.metadata.namespace, "elsewhere");
    assert.equal(deployment?.metadata.labels?.team, "sre");
    assert.equal(deployment?.metadata.annotations?.owner, "sre");
    assert.deepEqual(Object.keys(deployment?.spec?.selector.matchLabels ?? {}), ["app.kubernetes.io/name"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.run();

function groupAndKind({ apiVersion, kind }: RenderedObject): string {
  return `${apiVersion.includes("/") ? apiVersion.split("/")[0] : ""}/${kind}`;
}
