import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { base } from "../../../generators/index.js";
import { defaults } from "../../../generators/settings/index.js";
import { checkBase, writeBase } from "../../../scripts/lib/generate.js";

const files = new Map([
  ["a.yaml", "a: 1\n"],
  ["sub/b.yaml", "b: 2\n"],
]);
let scratch = "";
let target = "";

test.before.each(async () => {
  scratch = await mkdtemp(join(tmpdir(), "generate-"));
  target = join(scratch, "base");
  await writeBase(target, () => files);
});

test.after.each(async () => {
  await rm(scratch, { recursive: true, force: true });
});

test("the same input gives the same bytes", () => {
  assert.deepEqual([...base(defaults)], [...base(defaults)]);
});

test("what was written is no drift", async () => {
  assert.match(await checkBase(target, () => files), /2 files, no drift/);
});

test("a file that was edited, added or deleted is named", async () => {
  await writeFile(join(target, "a.yaml"), "a: 2\n");
  await writeFile(join(target, "extra.yaml"), "");
  await rm(join(target, "sub"), { recursive: true });
  await assert.rejects(
    checkBase(target, () => files),
    /differs: a\.yaml\n {2}not generated: extra\.yaml\n {2}missing: sub\/b\.yaml/,
  );
});

test("files that are no longer generated go", async () => {
  await writeFile(join(target, "stale.yaml"), "");
  await writeBase(target, () => files);
  assert.deepEqual((await readdir(target)).sort(), ["a.yaml", "sub"]);
});

test("a generator that throws leaves the old base and nothing beside it", async () => {
  await assert.rejects(
    writeBase(target, () => {
      throw new Error("boom");
    }),
    /boom/,
  );
  assert.equal(await readFile(join(target, "a.yaml"), "utf8"), "a: 1\n");
  assert.deepEqual(await readdir(scratch), ["base"]);
});

test("a file that cannot be written leaves the old base and nothing beside it", async () => {
  const clash = new Map([
    ["a", "file"],
    ["a/b", "file below a file"],
  ]);
  await assert.rejects(writeBase(target, () => clash));
  assert.equal(await readFile(join(target, "a.yaml"), "utf8"), "a: 1\n");
  assert.deepEqual(await readdir(scratch), ["base"]);
});

test.run();
