import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { root } from "../../scripts/lib/project.js";

/** The first column of the table of Components. */
async function rows(document: string): Promise<string[]> {
  const text = await readFile(join(root, document), "utf8");
  const [, table = ""] = /^\| `base\/components\/` \|.*\n\| --- .*\n((?:\|.*\n)+)/m.exec(text) ?? [];
  return table.trimEnd().split("\n");
}

for (const document of ["README.md", "README.ja.md"]) {
  test(`the table of ${document} names every Component, and no other`, async () => {
    const lines = await rows(document);
    const there = await readdir(join(root, "base/components"));
    const named: string[] = lines.join(" ").match(/(?<=`)[a-z0-9-]+(?=[`…])/g) ?? [];
    const missing = there.filter((name) => !named.includes(name) && !name.startsWith("platform-"));
    assert.deepEqual(missing, []);
    const first = lines.map((line) => line.split("|")[1] ?? "").join(" ");
    const said: string[] = first.match(/(?<=`)[a-z0-9-]+(?=`)/g) ?? [];
    const wrong = said.filter((name) => !there.includes(name));
    assert.deepEqual(wrong, []);
  });
}

test("both READMEs count the dashboards rightly", async () => {
  const entries = await readdir(join(root, "base/components/grafana/dashboards"), { recursive: true });
  assert.equal(entries.filter((name) => name.endsWith(".json")).length, 11, "correct eleven and 十一 in the READMEs");
  assert.ok((await rows("README.md")).some((line) => line.includes("eleven dashboards")));
  assert.ok((await rows("README.ja.md")).some((line) => line.includes("十一のダッシュボード")));
});

test.run();
