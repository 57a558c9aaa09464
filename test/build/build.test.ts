import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { test } from "uvu";
import { $ } from "zx";
import { buildOverlay, problems, table } from "../../scripts/lib/build.js";
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
  assert.deepEqual(await readdir(dist), ["right.yaml"]);
});

test("an overlay that is wrong leaves what an earlier build wrote", async () => {
  await buildOverlay(await overlay("changing", "default", "data: { a: before }"), dist);
  for (const wrong of ["dta: { a: after }", "data: { a: [after }"]) {
    const { file } = await buildOverlay(await overlay("changing", "default", wrong), dist);
    assert.equal(file, undefined);
    assert.match(await readFile(join(dist, "changing.yaml"), "utf8"), /before/);
  }
});

test("an overlay that was never right is not written", async () => {
  await buildOverlay(await overlay("never", "nowhere", "data: {}"), dist);
  assert.ok(!existsSync(join(dist, "never.yaml")));
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
  assert.deepEqual(row(""), ["right", "astray", "misspelt", "unreadable"]);
  assert.deepEqual(row("renders"), ["ok", "ok", "ok", "no"]);
  assert.deepEqual(row("schema"), ["ok", "ok", "1 wrong", "not run"]);
  assert.deepEqual(row("namespaces"), ["ok", "1 wrong", "not run", "not run"]);
  const [astray, misspelt, unreadable] = problems(outcomes).split("\n\n");
  assert.equal(
    astray,
    `${join(folder, "astray")}: ConfigMap nowhere/app
  namespaces: is in namespace nowhere, which the overlay neither makes nor names
  fix: use one of default, kube-system, or add the Namespace to the overlay's resources`,
  );
  assert.match(misspelt ?? "", /schema: .*dta/);
  assert.match(unreadable ?? "", /unreadable does not build: /);
});

test("npm run build of an overlay that is not there names it and exits with 1", async () => {
  const { exitCode, stderr } = await $({ quiet: true, nothrow: true, cwd: root })`npm run -s build -- overlays/nowhere`;
  assert.equal(exitCode, 1);
  assert.match(stderr, /overlays\/nowhere has no kustomization.yaml/);
  assert.doesNotMatch(stderr, /\n\s+at /);
});

test.run();
