import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "uvu";
import { $, which } from "zx";
import { Failure } from "../../scripts/lib/failure.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";

const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
test.after(() => rm(folder, { recursive: true }));

async function overlay(kustomization: string): Promise<string> {
  await writeFile(join(folder, "config.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: app }\n");
  await writeFile(join(folder, "kustomization.yaml"), kustomization);
  return folder;
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => assert.fail("it rendered"),
    (error: unknown) => error,
  );
  assert.ok(error instanceof Failure, String(error));
  assert.ok(error.message.includes(folder) || error.message.includes("overlays/nowhere"), error.message);
  return error.message;
}

test("an overlay gives its objects and the namespace that it names", async () => {
  const { objects, namespace } = await render(await overlay("namespace: elsewhere\nresources: [config.yaml]\n"));
  assert.equal(namespace, "elsewhere");
  assert.deepEqual(objects, [
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "app", namespace: "elsewhere" } },
  ]);
});

test("where there is no kubectl, Kustomize gives the same", async () => {
  const bin = join(folder, "bin");
  await mkdir(bin);
  for (const name of ["bash", "node", "go", "setpriv"]) await symlink(await which(name), join(bin, name));
  const program = `import { render } from "./scripts/lib/render.ts";
    process.stdout.write((await render("overlays/prod")).text);`;
  const { stdout } = await $({
    quiet: true,
    cwd: root,
    env: { ...process.env, PATH: bin },
  })`node --import tsx --input-type=module --eval ${program}`;
  assert.equal(stdout, (await render("overlays/prod")).text);
});

test("an overlay that is not there is named", async () => {
  assert.match(await failureOf(render("overlays/nowhere")), /^overlays\/nowhere has no kustomization.yaml/);
});

test("a syntax error is named", async () => {
  assert.match(await failureOf(render(await overlay("resources: [config.yaml\n"))), /does not build: .*line 1/s);
});

test("an unknown field is named", async () => {
  assert.match(await failureOf(render(await overlay("resorces: [config.yaml]\n"))), /unknown field "resorces"/);
});

test("a missing resource is named", async () => {
  assert.match(await failureOf(render(await overlay("resources: [missing.yaml]\n"))), /missing\.yaml/);
});

test("a rule of what may be listed where is said in words, with the file that lists it", async () => {
  const base = relative(join(folder, "lists"), join(root, "base"));
  const list = async (path: string, text: string) => {
    await mkdir(join(folder, path), { recursive: true });
    await writeFile(join(folder, path, "kustomization.yaml"), text);
    return join(folder, path);
  };
  const components = (...names: string[]) => names.map((name) => `${base}/components/${name}`).join(", ");
  const lists = await list(
    "lists",
    `resources: [${base}]\ncomponents: [${components("basic-auth", "prometheus-ha")}]\n`,
  );
  const wrapped = await list("wrapped", "resources: [../lists]\n");
  for (const overlay of [lists, wrapped]) {
    const said = await failureOf(render(overlay));
    assert.ok(said.includes(`${lists}/kustomization.yaml: basic-auth has to come after prometheus-ha`), said);
  }
  await list("lists", `resources: [${base}]\ncomponents: [${components("grafana", "grafana")}]\n`);
  assert.match(await failureOf(render(lists)), /lists\/kustomization.yaml: ServiceAccount grafana .* is listed twice/);
  await list("lists", `resources: [${base}]\ncomponents: [${components("lean", "lean")}]\n`);
  assert.match(
    await failureOf(render(lists)),
    /lists\/kustomization.yaml: ConfigMap or Secret lean is generated twice/,
  );
});

test("two of one name that a namespace brings together are named, without the objects themselves", async () => {
  const config = (namespace: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: app, namespace: ${namespace} }\n`;
  await writeFile(join(folder, "two.yaml"), `${config("a")}---\n${config("b")}`);
  const said = await failureOf(render(await overlay("namespace: c\nresources: [two.yaml]\n")));
  assert.match(said, /kustomization.yaml: namespace: c moves every object, and makes two of ConfigMap app: put what/);
});

test("a patch that finds nothing, and a ConfigMap to merge into, are told of base/'s namespace", async () => {
  const patch = "{ apiVersion: v1, kind: ConfigMap, metadata: { name: app, namespace: mine } }";
  const said = await failureOf(
    render(await overlay(`namespace: mine\nresources: [config.yaml]\npatches:\n  - patch: "${patch}"\n`)),
  );
  assert.match(said, /there is no ConfigMap app in namespace mine to patch: .* monitoring-system is that of base\//);
  const merge = "configMapGenerator: [{ name: app, namespace: other, behavior: merge, literals: [a=b] }]";
  const merged = await failureOf(render(await overlay(`resources: [config.yaml]\n${merge}\n`)));
  assert.match(merged, /app is not there to merge into: .*monitoring-system is that of base\//);
});

test("what kubectl logs in place of printing is said without the log's own words", async () => {
  await overlay("resources: [config.yaml]\n");
  await writeFile(join(folder, "kustomization.yml"), "");
  assert.match(await failureOf(render(folder)), /does not build: Found multiple kustomization files under: \S+$/);
  await rm(join(folder, "kustomization.yml"));
});

test("an overlay that gives nothing is an error, even when kubectl is content", async () => {
  const content = join(folder, "content-kubectl");
  await writeFile(content, "#!/bin/sh\nexit 0\n");
  await chmod(content, 0o755);
  assert.match(await failureOf(render(await overlay("resources: [config.yaml]\n"), content)), /builds to nothing/);
});

test("what is no Kubernetes object is an error", async () => {
  const odd = join(folder, "odd-kubectl");
  await writeFile(odd, "#!/bin/sh\necho 'kind: ConfigMap'\n");
  await chmod(odd, 0o755);
  assert.match(await failureOf(render(await overlay("resources: [config.yaml]\n"), odd)), /no Kubernetes object/);
});

test.run();
