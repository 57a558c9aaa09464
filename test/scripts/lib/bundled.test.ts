import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import { bundled, NotBundled } from "../../../scripts/lib/bundled.js";
import { root } from "../../../scripts/lib/project.js";

const now = Date.now;
let scratch = "";
let program = "";
let folder = "";

test.before.each(async () => {
  scratch = await mkdtemp(join(tmpdir(), "bundled-"));
  program = relative(root, join(scratch, "program.ts"));
  folder = join(scratch, "cache");
  await write("program.ts", 'import { word } from "./word.js";\nexport const said: string = word;\n');
  await write("word.ts", 'export const word = "first";\n');
});

test.after.each(async () => {
  Date.now = now;
  await rm(scratch, { recursive: true, force: true });
});

test("a program is one file that says what the program says", async () => {
  const { said } = await import(pathToFileURL(await kept()).href);
  assert.equal(said, "first");
  assert.deepEqual(await readdir(folder), [(await kept()).slice(folder.length + 1)]);
});

test("a bundle that is newer than all that went into it stays", async () => {
  Date.now = () => now() + 60_000;
  await writeFile(await kept(), (await readFile(await kept(), "utf8")).replace("first", "untouched"));
  assert.match(await readFile(await kept(), "utf8"), /untouched/);
});

test("a bundle that was begun when a file had just changed does not stay", async () => {
  await writeFile(await kept(), (await readFile(await kept(), "utf8")).replace("first", "untouched"));
  assert.match(await readFile(await kept(), "utf8"), /"first"/);
});

test("a changed import makes a bundle anew", async () => {
  await sleep(20);
  // As if the margin before a bundle had passed since the files were written.
  Date.now = () => now() + 1000;
  await writeFile(await kept(), (await readFile(await kept(), "utf8")).replace("first", "untouched"));
  assert.match(await readFile(await kept(), "utf8"), /untouched/);
  await sleep(20);
  await write("word.ts", 'export const word = "second";\n');
  assert.match(await readFile(await kept(), "utf8"), /"second"/);
});

test("a bundle that was cut short is made anew", async () => {
  Date.now = () => now() + 60_000;
  await writeFile(await kept(), (await readFile(await kept(), "utf8")).slice(0, -9));
  assert.match(await readFile(await kept(), "utf8"), /"first"[\s\S]*\}$/);
});

test("a file knows its own address within a bundle", async () => {
  await write("program.ts", "export const address = import.meta.url;\n");
  const { address } = await import(pathToFileURL(await kept()).href);
  assert.equal(address, pathToFileURL(join(scratch, "program.ts")).href);
});

test("a program may make a require of its own", async () => {
  await write(
    "program.ts",
    'import { createRequire } from "node:module";\nexport const { sep } = createRequire(import.meta.url)("node:path");\n',
  );
  const { sep } = await import(pathToFileURL(await kept()).href);
  assert.equal(sep, "/");
});

test("what cannot be read as TypeScript is named by file and line", async () => {
  await write("word.ts", "export const word =\n  ;\n");
  await assert.rejects(bundled(program, folder), (error) => {
    assert.ok(error instanceof NotBundled);
    assert.match(error.message, /word\.ts:2:2/);
    return true;
  });
});

test("an import that is gone is named", async () => {
  Date.now = () => now() + 60_000;
  await kept();
  await rm(join(scratch, "word.ts"));
  await assert.rejects(bundled(program, folder), /\.\/word\.js/);
});

test("there is no bundle where none can be kept", async () => {
  assert.equal(await bundled(program, join(scratch, "word.ts", "below a file")), undefined);
});

async function kept(): Promise<string> {
  const file = await bundled(program, folder);
  assert.ok(file !== undefined);
  return file;
}

async function write(name: string, text: string): Promise<void> {
  await writeFile(join(scratch, name), text);
}

test.run();
