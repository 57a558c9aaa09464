import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { test } from "uvu";
import { parse, parseAllDocuments, stringify } from "yaml";
import { $ } from "zx";
import { kubectlCommand } from "../../scripts/lib/kubectl.js";
import { root } from "../../scripts/lib/project.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { packed } from "./lib/packed.js";

const quiet = $({ quiet: true });
const tsc = join(root, "node_modules/.bin/tsc");
let scratch = "";
let tarball = "";
/** A folder of somebody who has nothing but the package. */
let consumer = "";

test.before(async () => {
  scratch = await mkdtemp(join(tmpdir(), "package-"));
  consumer = join(scratch, "consumer");
  await mkdir(consumer);
  tarball = await packed();
  await writeFile(join(consumer, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await quiet({ cwd: consumer })`npm install --offline --no-audit --no-fund ${tarball}`;
});

test.after(async () => {
  await rm(scratch, { recursive: true, force: true });
});

test("publint finds nothing to say", async () => {
  const bytes = await readFile(tarball);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const { messages, pkg } = await publint({ pack: { tarball: buffer } });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg ?? {})),
    [],
  );
});

test("it has what it says, needs no other package, and is small", async () => {
  assert.deepEqual(
    (await readdir(join(consumer, "node_modules"))).filter((name) => !name.startsWith(".")),
    ["plain-prometheus"],
  );
  const installed = join(consumer, "node_modules/plain-prometheus");
  for (const path of ["base/kustomization.yaml", "overlays/prod/kustomization.yaml", "LICENSE", "docs/settings.md"]) {
    assert.ok((await stat(join(installed, path))).isFile(), path);
  }
  assert.match(
    await readFile(join(installed, "dist/package/LICENSES.txt"), "utf8"),
    /^kubernetes-models [\d.]+: MIT\n\nMIT License/m,
  );
  assert.ok((await stat(tarball)).size < 1.5 * 2 ** 20);
});

test("as a Kustomize function it gives the objects of base/", async () => {
  const kustomize = await toolchain.tool("kustomize");
  const path = "./node_modules/.bin/plain-prometheus-generator";
  const annotations = { "config.kubernetes.io/function": stringify({ exec: { path } }) };
  const generator = {
    apiVersion: "plain-prometheus/v1alpha1",
    kind: "PlainPrometheus",
    metadata: { name: "a", annotations },
  };
  await writeFile(join(consumer, "generator.yaml"), stringify(generator));
  await writeFile(join(consumer, "kustomization.yaml"), stringify({ generators: ["generator.yaml"] }));
  const flags = ["--enable-alpha-plugins", "--enable-exec"];
  const { stdout } = await quiet`${kustomize} build ${flags} ${consumer}`;
  assert.deepEqual(objectsIn(stdout), await rendered(join(root, "base")));
  assert.deepEqual(
    await rendered(join(consumer, "node_modules/plain-prometheus/base")),
    await rendered(join(root, "base")),
  );
});

test("the program of docs/package.md has twenty lines or so, is well typed, and writes a base that builds", async () => {
  const [, program = ""] = /^```ts\n(.*?)^```/ms.exec(await readFile(join(root, "docs/package.md"), "utf8")) ?? [];
  assert.ok(program.split("\n").length <= 25);
  await compile(consumer, { "monitoring.ts": program });
  await quiet({ cwd: consumer })`node monitoring.js`;
  const objects = await rendered(join(consumer, "base"));
  assert.ok(objects.has("Deployment monitoring/pushgateway"));
  assert.match(JSON.stringify(objects.get("Deployment monitoring/prometheus")), /"RETENTION_TIME","value":"30d"/);
  const { resources } = parse(await readFile(join(consumer, "base/kustomization.yaml"), "utf8"));
  assert.equal(resources.at(-1), "pushgateway");
});

test("the types that it brings are those of the generators, and complete", async () => {
  const source = JSON.stringify(join(root, "generators/settings/index.ts"));
  const program = [
    'import { type Settings, type SettingsInput, settingsFrom } from "plain-prometheus";',
    `import type { Settings as Source, SettingsInput as Written } from ${source};`,
    "export const there: Source = settingsFrom({});",
    "export const back = (settings: Source): Settings => settings;",
    "export const written = (settings: SettingsInput): Written => settings;",
  ];
  await compile(
    consumer,
    { "types.ts": program.join("\n") },
    { skipLibCheck: true, allowImportingTsExtensions: true, noEmit: true },
  );
  await compile(consumer, { "own.ts": 'export * from "plain-prometheus";\n' }, { skipLibCheck: false });
  await assert.rejects(
    compile(consumer, {
      "wrong.ts": 'import { defaults } from "plain-prometheus";\nexport const a: number = defaults.cluster.name;\n',
    }),
    /Type 'string' is not assignable to type 'number'/,
  );
  await assert.rejects(
    compile(consumer, {
      "wrong.ts":
        'import { settings } from "plain-prometheus";\nsettings({ thresholds: { node: { loadPerCPU: 3 } } });\n',
    }),
    /'loadPerCPU' does not exist in type .*\n?.*loadPerCpu/,
  );
});

async function compile(folder: string, files: Record<string, string>, options: object = {}): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    module: "nodenext",
    target: "es2023",
    types: [],
    ...options,
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: Object.keys(files) }));
  const { exitCode, stdout } = await quiet({ cwd: folder, nothrow: true })`${tsc} -p .`;
  if (exitCode !== 0) throw new Error(stdout);
}

async function rendered(folder: string): Promise<Map<string, unknown>> {
  return objectsIn((await quiet`${await kubectlCommand()} kustomize ${folder}`).stdout);
}

function objectsIn(build: string): Map<string, unknown> {
  const objects = parseAllDocuments(build).map((document) => document.toJS());
  return new Map(
    objects.map((object) => [`${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}`, object]),
  );
}

test.run();
