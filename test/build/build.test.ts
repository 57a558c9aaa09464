import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { test } from "uvu";
import { $ } from "zx";
import { buildOverlay, notLookedAt, problems, removeStale, table } from "../../scripts/lib/build.js";
import { kubectlCommand } from "../../scripts/lib/kubectl.js";
import { root } from "../../scripts/lib/project.js";

const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
const dist = join(folder, "dist");
test.after(() => rm(folder, { recursive: true }));

async function overlay(name: string, namespace: string, data: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, "kustomization.yaml"), "resources: [config.yaml]\n");
  const metadata = `metadata: { name: app, namespace: ${namespace} }`;
  await writeFile(join(path, "config.yaml"), `apiVersion: v1\nkind: ConfigMap\n${metadata}\n${data}\n`);
  return path;
}

test("an overlay that is right is written as kubectl kustomize renders it, and nothing beside it", async () => {
  const { file } = await buildOverlay(await overlay("right", "default", "data: { a: b }"), dist);
  const written = await readFile(join(root, file ?? ""), "utf8");
  assert.equal(
    written,
    (await $({ quiet: true })`${await kubectlCommand()} kustomize ${join(folder, "right")}`).stdout,
  );
  assert.deepEqual(await readdir(join(dist, "elsewhere", folder)), ["right.yaml"]);
});

test("an overlay that is wrong leaves what an earlier build wrote", async () => {
  await buildOverlay(await overlay("changing", "default", "data: { a: before }"), dist);
  for (const wrong of ["dta: { a: after }", "data: { a: [after }"]) {
    const { file } = await buildOverlay(await overlay("changing", "default", wrong), dist);
    assert.equal(file, undefined);
    assert.match(await readFile(join(dist, "elsewhere", folder, "changing.yaml"), "utf8"), /before/);
  }
});

test("an overlay that was never right is not written", async () => {
  await buildOverlay(await overlay("never", "nowhere", "data: {}"), dist);
  assert.ok(!existsSync(join(dist, "elsewhere", folder, "never.yaml")));
});

test("the table and the problems say overlay, check, object and fix", async () => {
  const outcomes = [
    await buildOverlay(await overlay("right", "default", "data: { a: b }"), dist),
    await buildOverlay(await overlay("astray", "nowhere", "data: { a: b }"), dist),
    await buildOverlay(await overlay("misspelt", "nowhere", "dta: { a: b }"), dist),
    await buildOverlay(await overlay("unreadable", "default", "{"), dist),
  ];
  const rows = stripVTControlCharacters(table(outcomes))
    .split("\n")
    .map((row) => row.split(/ {2,}/));
  const row = (name: string) => rows.find(([first]) => first === name)?.slice(1);
  assert.deepEqual(
    row(""),
    ["right", "astray", "misspelt"].map((name) => join(folder, name)),
  );
  assert.deepEqual(row("schema"), ["ok", "ok", "1 wrong"]);
  assert.deepEqual(row("namespaces"), ["ok", "1 wrong", "not run"]);
  const [astray, misspelt, unreadable] = problems(outcomes).split("\n\n");
  assert.equal(
    astray,
    `${join(folder, "astray")}: ConfigMap nowhere/app
  namespaces: is in namespace nowhere, which the overlay neither makes nor names
  fix: use one of default, kube-system, or add the Namespace to the overlay's resources; or, where the cluster has it already, annotate the kustomization's metadata with plain-prometheus/exists: Namespace nowhere`,
  );
  assert.match(misspelt ?? "", /schema: .*dta/);
  assert.match(unreadable ?? "", /unreadable does not build: /);
});

test("two overlays of one name do not share a file", async () => {
  const files = [];
  for (const name of ["a/same", "b/same"]) {
    files.push((await buildOverlay(await overlay(name, "default", `data: { a: ${name} }`), dist)).file ?? "");
  }
  for (const [index, name] of ["a/same", "b/same"].entries()) {
    assert.match(await readFile(join(root, files[index] ?? ""), "utf8"), new RegExp(`a: ${name}`));
  }
});

test("files of overlays that are gone go, and no others", async () => {
  const gone = join(dist, "gone.yaml");
  const part = join(dist, "prod/monitoring.yaml");
  const elsewhere = join(dist, "elsewhere", folder, "removed.yaml");
  await buildOverlay(await overlay("removed", "default", "data: {}"), dist);
  await buildOverlay(await overlay("staying", "default", "data: {}"), dist);
  await rm(join(folder, "removed"), { recursive: true });
  const others = ["devbox.yaml", "outside/rules/node.yaml", "package/a.yaml", "notes.md"];
  for (const file of [gone, part, ...others.map((name) => join(dist, name))]) {
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(file, "");
  }
  const removed = await removeStale(dist);
  assert.deepEqual(removed.map((file) => join(root, file)).sort(), [elsewhere, gone, part].sort());
  for (const name of [...others, join("elsewhere", folder, "staying.yaml")]) assert.ok(existsSync(join(dist, name)));
});

test("what a build does not look at is named", async () => {
  const lines = await notLookedAt(["overlays/devbox", "overlays/prod"]);
  assert.ok(lines.includes("not looked at: overlays/bare-metal"), lines.join("\n"));
  assert.ok(lines.some((line) => /^looked at through overlays\/prod: .*overlays\/prod\/monitoring\b/.test(line)));
});

test("npm run build from a folder, outside of overlays/ and failing, prints its error and no table", async () => {
  const unreadable = await overlay("deep/unreadable", "default", "{");
  const { exitCode, stdout, stderr } = await $({
    quiet: true,
    nothrow: true,
    cwd: root,
    env: { ...process.env, INIT_CWD: join(unreadable, "..") },
  })`node scripts/run.js scripts/build.ts unreadable`;
  assert.equal(exitCode, 1);
  assert.doesNotMatch(stdout, /not run|schema/);
  assert.match(stderr, /deep\/unreadable does not build: /);
});

test("npm run build of an overlay that is not there names it and exits with 1", async () => {
  const { exitCode, stderr } = await $({ quiet: true, nothrow: true, cwd: root })`npm run -s build -- overlays/nowhere`;
  assert.equal(exitCode, 1);
  assert.match(stderr, /overlays\/nowhere has no kustomization.yaml/);
  assert.doesNotMatch(stderr, /\n\s+at /);
});

test.run();
