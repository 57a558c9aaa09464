import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import { type Look, type Watch, watchGenerators } from "../../scripts/lib/watch/index.js";

let scratch = "";
let generators = "";
let base = "";
let looks: Look[] = [];
let watch: Watch;

test.before.each(async () => {
  scratch = await mkdtemp(join(tmpdir(), "watch-"));
  generators = join(scratch, "generators");
  base = join(scratch, "base");
  looks = [];
  for (const folder of ["part", "settings", "../metrics"]) await mkdir(join(generators, folder), { recursive: true });
  await write(
    "settings/index.ts",
    'export const settingsFrom = (said: { a?: string } | null): string => said?.a ?? "a";\n',
  );
  await write("part/text.ts", 'import { sep } from "node:path";\nexport const text: string = `one${sep}`;\n');
  await write(
    "index.ts",
    'import { text } from "./part/text.js";\n' +
      'export const base = (a: string) => new Map([["a.yaml", a], ["sub/b.yaml", text]]);\n',
  );
  watch = await watchGenerators(generators, base, (look) => looks.push(look), join(scratch, "settings.yaml"), [
    join(scratch, "metrics"),
  ]);
});

test.after.each(async () => {
  await watch.stop();
  await rm(scratch, { recursive: true, force: true });
});

test("it begins with all that there is", async () => {
  assert.deepEqual(pathsOf(looks[0]), ["a.yaml", "sub/b.yaml"]);
  assert.equal(await readFile(join(base, "sub/b.yaml"), "utf8"), "one/");
});

test("a change writes the files that it is about, and no others", async () => {
  await writeFile(join(base, "a.yaml"), "touched by nobody");
  await write("part/text.ts", 'export const text: string = "two";\n');
  assert.deepEqual(pathsOf(await nextLook()), ["sub/b.yaml"]);
  assert.equal(await readFile(join(base, "sub/b.yaml"), "utf8"), "two");
  assert.equal(await readFile(join(base, "a.yaml"), "utf8"), "touched by nobody");
});

test("what the generators read of another folder is watched too", async () => {
  await write("../metrics/word.ts", 'export const word = "two";\n');
  await nextLook(anyLook);
  await write("part/text.ts", 'export { word as text } from "../../metrics/word.js";\n');
  await nextLook();
  await write("../metrics/word.ts", 'export const word = "three";\n');
  assert.deepEqual(pathsOf(await nextLook()), ["sub/b.yaml"]);
});

test("a change of the settings is seen, and one that is wrong is told", async () => {
  await write("../settings.yaml", "a: b\n");
  assert.deepEqual(pathsOf(await nextLook()), ["a.yaml"]);
  assert.equal(await readFile(join(base, "a.yaml"), "utf8"), "b");
  await write("../settings.yaml", "a: b\n  c:\n");
  assert.match(errorOf(await nextLook()), /settings\.yaml:1: is no YAML/);
});

test("a file that an editor puts in the place of another is seen, again and again", async () => {
  for (const word of ["two", "three"]) {
    await write("part/text.ts~", `export const text: string = "${word}";\n`);
    await rename(join(generators, "part/text.ts~"), join(generators, "part/text.ts"));
    await nextLook();
    assert.equal(await readFile(join(base, "sub/b.yaml"), "utf8"), word);
  }
});

test("a file that is generated no more goes, with its folder", async () => {
  await write("index.ts", 'export const base = (a: string) => new Map([["a.yaml", a]]);\n');
  assert.deepEqual(pathsOf(await nextLook()), ["sub/b.yaml"]);
  assert.deepEqual(await readdir(base), ["a.yaml"]);
});

test("an error names file and line, leaves base/ as it was, and the next change is seen", async () => {
  await write("part/text.ts", "export const text: string =\n  ;\n");
  assert.match(errorOf(await nextLook()), /part\/text\.ts:2:2/);
  await write("part/text.ts", 'export const text: string = ((): string => {\n  throw new Error("boom");\n})();\n');
  assert.match(errorOf(await nextLook()), /^boom\n {4}at part\/text\.ts:2:\d+/);
  assert.equal(await readFile(join(base, "sub/b.yaml"), "utf8"), "one/");
  await write("part/text.ts", 'export const text: string = "well again";\n');
  assert.deepEqual(pathsOf(await nextLook()), ["sub/b.yaml"]);
});

test("a folder that comes later is watched too", async () => {
  await mkdir(join(generators, "later"));
  await write("later/text.ts", 'export { text } from "../part/text.js";\n');
  await sleep(50);
  looks = [];
  await write("later/text.ts", 'export const text: string = "later";\n');
  await nextLook(anyLook);
  await write(
    "index.ts",
    'export { text } from "./later/text.js";\nexport const base = () => new Map([["c", "c"]]);\n',
  );
  assert.deepEqual(pathsOf(await nextLook()), ["a.yaml", "c", "sub/b.yaml"]);
});

test("nothing is written after it was stopped", async () => {
  await watch.stop();
  await write("settings/index.ts", 'export const defaults: string = "b";\n');
  await sleep(100);
  assert.equal(await readFile(join(base, "a.yaml"), "utf8"), "a");
});

/**
 * The look after a change, of which there may be two where the file was written in two steps. A late one of the change
 * before, which found nothing to write, is not taken for it.
 */
async function nextLook(wanted = tellsSomething): Promise<Look | undefined> {
  const before = looks.length;
  const until = Date.now() + 30_000;
  while (!looks.slice(before).some(wanted) && Date.now() < until) await sleep(5);
  await sleep(30);
  return looks.slice(before).findLast(wanted);
}

function tellsSomething(look: Look): boolean {
  return "error" in look || look.paths.length > 0;
}

function anyLook(): boolean {
  return true;
}

function pathsOf(look: Look | undefined): readonly string[] {
  assert.ok(look !== undefined && "paths" in look, JSON.stringify(look));
  return look.paths;
}

function errorOf(look: Look | undefined): string {
  assert.ok(look !== undefined && "error" in look, JSON.stringify(look));
  return look.error;
}

async function write(name: string, text: string): Promise<void> {
  await writeFile(join(generators, name), text);
}

test.run();
