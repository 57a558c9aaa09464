import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { root } from "../../scripts/lib/project.js";

const longest = 25;

/** Those of the project. What others put beside them is theirs, and as long as they like. */
const overlays = ["bare-metal", "devbox", "prod"];

test("every file of the project's overlays is read in five seconds: at most 25 lines", async () => {
  for (const overlay of overlays) {
    const entries = await readdir(join(root, "overlays", overlay), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    assert.ok(files.length > 0);
    for (const file of files) {
      const lines = (await readFile(file, "utf8")).trimEnd().split("\n").length;
      assert.ok(lines <= longest, `${file} has ${lines} lines: move a part of it to a file of its own`);
    }
  }
});

test.run();
