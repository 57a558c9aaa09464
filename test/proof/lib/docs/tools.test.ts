import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { checkSection } from "../../../../proof/lib/docs/section.js";
import { programsSection, schemasSection } from "../../../../proof/lib/docs/tools.js";
import { root } from "../../../../scripts/lib/project.js";

test("the tables of tools/README.md are what the pins and families give", async () => {
  await checkSection(await programsSection());
  await checkSection(await schemasSection());
});

test("every folder of tools/ is in one of the tables, with what it pins", async () => {
  const programs = (await programsSection()).text;
  const schemas = (await schemasSection()).text;
  const entries = await readdir(join(root, "tools"), { withFileTypes: true });
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    assert.equal([programs, schemas].filter((text) => text.includes(`(${name}/go.mod)`)).length, 1, name);
  }
  for (const row of schemas.split("\n").slice(2)) assert.match(row, /\) \| \S+ \d+\.\d+\.\d+/);
});

test.run();
