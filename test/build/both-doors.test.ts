import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "uvu";
import { parse, parseAllDocuments, stringify } from "yaml";
import { $ } from "zx";
import { kubectlCommand } from "../../scripts/lib/kubectl.js";
import { root } from "../../scripts/lib/project.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";

const quiet = $({ quiet: true, nothrow: true });
const plugin = join(root, "docs/plugin");
const flags = ["--enable-alpha-plugins", "--enable-exec"];
const [kustomize, kubectl] = [await toolchain.tool("kustomize"), await kubectlCommand()];

test("the plugin's example gives the same objects as base/", async () => {
  const throughPlugin = await quiet`${kustomize} build ${flags} ${plugin}`;
  const throughBase = await quiet`${kubectl} kustomize ${join(root, "base")}`;
  assert.equal(throughPlugin.stderr, "");
  const objects = objectsIn(throughPlugin.stdout);
  assert.ok(objects.size > 10, `only ${objects.size} objects`);
  assert.deepEqual(objects, objectsIn(throughBase.stdout));
});

test("the plugin with insecure kubelet TLS gives the same objects as base/ with that component", async () => {
  await withFolder(async (folder) => {
    await kustomization(folder, {
      resources: [relative(folder, join(root, "base"))],
      components: [relative(folder, join(root, "base/components/insecure-kubelet-tls"))],
    });
    const throughBase = await quiet`${kubectl} kustomize ${folder}`;
    await generator(folder, { scrape: { kubeletTls: "insecure" } });
    const throughPlugin = await quiet`${kustomize} build ${flags} ${folder}`;
    const secure = await quiet`${kubectl} kustomize ${join(root, "base")}`;
    assert.equal(throughPlugin.stderr, "");
    const [plugged, switched, plain] = [throughPlugin, throughBase, secure].map(({ stdout }) => objectsIn(stdout));
    assert.deepEqual(plugged, switched);
    assert.notDeepEqual(plugged, plain);
  });
});

test("Components over what the plugin gives are listed by the same rules", async () => {
  await withFolder(async (folder) => {
    await generator(folder, {});
    const listed = async (...names: string[]) => {
      const components = names.map((name) => relative(folder, join(root, "base/components", name)));
      await kustomization(folder, { generators: ["generator.yaml"], components });
      return await quiet`${kustomize} build ${flags} ${folder}`;
    };
    assert.equal((await listed("prometheus-ha", "basic-auth")).exitCode, 0);
    assert.match((await listed("basic-auth", "prometheus-ha")).stderr, /list-basic-auth-after-prometheus-ha/);
  });
});

test("an unknown setting ends kustomize with an error that names it, and no objects", async () => {
  await withFolder(async (folder) => {
    await generator(folder, { kubeletTLS: "insecure" });
    const { exitCode, stdout, stderr } = await quiet`${kustomize} build ${flags} ${folder}`;
    assert.notEqual(exitCode, 0);
    assert.equal(stdout, "");
    assert.match(stderr, /unknown setting "kubeletTLS"/);
  });
});

test("the example is an error for kubectl, which skips exec plugins in silence", async () => {
  const { exitCode, stdout } = await quiet`${kubectl} kustomize --enable-alpha-plugins ${plugin}`;
  assert.notEqual(exitCode, 0);
  assert.equal(stdout, "");
});

test("the plugin works from any working directory", async () => {
  const input = JSON.stringify({ apiVersion: "config.kubernetes.io/v1", kind: "ResourceList", items: [] });
  const { exitCode, stdout, stderr } = await quiet({ cwd: "/", input })`${join(plugin, "plain-prometheus.js")}`;
  assert.equal(exitCode, 0, stderr);
  assert.equal(parse(stdout).kind, "ResourceList");
});

/** The objects of a build by what names them; their order is Kustomize's affair. */
function objectsIn(build: string): Map<string, unknown> {
  const objects = parseAllDocuments(build).map((document) => document.toJS());
  // Who wrote a file matters to Components that come later, and the plugin writes all of them.
  for (const { metadata } of objects) {
    for (const key of Object.keys(metadata.annotations ?? {})) {
      if (/^plain-prometheus\/.+\.yml$/.test(key)) delete metadata.annotations[key];
    }
    if (Object.keys(metadata.annotations ?? {}).length === 0) delete metadata.annotations;
  }
  const byName = new Map<string, unknown>(
    objects.map((object) => [`${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}`, object]),
  );
  assert.equal(byName.size, objects.length, "two objects of one name");
  return byName;
}

async function generator(folder: string, spec: object): Promise<void> {
  const annotations = {
    "config.kubernetes.io/function": stringify({ exec: { path: join(plugin, "plain-prometheus.js") } }),
  };
  const metadata = { name: "plain-prometheus", annotations };
  const functionConfig = { apiVersion: "plain-prometheus/v1alpha1", kind: "PlainPrometheus", metadata, spec };
  await writeFile(join(folder, "generator.yaml"), stringify(functionConfig));
  await kustomization(folder, { generators: ["generator.yaml"] });
}

async function kustomization(folder: string, fields: object): Promise<void> {
  const head = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" };
  await writeFile(join(folder, "kustomization.yaml"), stringify({ ...head, ...fields }));
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test.run();
