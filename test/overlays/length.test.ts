import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { root } from "../../scripts/lib/project.js";

const longest = 25;

test("every file of an overlay is read in five seconds: at most 25 lines", async () => {
  const folder = join(root, "overlays");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  assert.ok(files.length > 3);
  for (const file of files) {
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n").length;
    assert.ok(lines <= longest, `${file} has ${lines} lines: move a part of it to a file of its own`);
  }
});

test.run();
