import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { reachable } from "../../../../proof/lib/package/declarations.js";

let folder = "";

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "declarations-"));
  await writeFile(join(folder, "entry.d.ts"), 'export { a } from "./a.js";\nexport * from "./replaced.js";\n');
  await writeFile(join(folder, "a.d.ts"), 'export declare const a: import("./b.js").B;\n');
  await writeFile(join(folder, "b.d.ts"), 'import type { a } from "./a.js";\nexport type B = typeof a | 1;\n');
  await writeFile(join(folder, "replaced.d.ts"), 'export type C = import("valibot").Config;\n');
  await writeFile(join(folder, "unread.d.ts"), "export {};\n");
});

test.after(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("what is read is there, once, and nothing else", async () => {
  const files = await reachable(folder, "entry.d.ts", { "replaced.d.ts": "export type C = 1;\n" });
  assert.deepEqual(files.map(([path]) => path).sort(), ["a.d.ts", "b.d.ts", "entry.d.ts", "replaced.d.ts"]);
  assert.equal(new Map(files).get("replaced.d.ts"), "export type C = 1;\n");
});

test("types of a package are an error that names file and package", async () => {
  await assert.rejects(reachable(folder, "entry.d.ts", {}), /replaced\.d\.ts reads the types of the package valibot/);
});

test.run();
