import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { test } from "uvu";
import { glob } from "zx";
import { components } from "../../generators/index.js";
import { defaults } from "../../generators/settings/index.js";
import { root } from "../../scripts/lib/project.js";

const files = await glob("**/*.md", { cwd: root, ignore: ["**/node_modules/**"], gitignore: true });
const texts = new Map(
  await Promise.all(files.map(async (file) => [file, await readFile(join(root, file), "utf8")] as const)),
);

/** Headings of a document, as links name them. */
function anchorsOf(text: string): Set<string> {
  const titles = [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => title);
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

function withoutCode(text: string): string {
  return text.replace(/^```.*?^```/gms, "");
}

/** The relative links of a document that lead nowhere. */
function broken(file: string, text: string): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? file : relative(root, join(root, dirname(file), path));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(texts.get(target) ?? "").has(anchor);
  });
}

/** The npm verbs of a document that package.json does not have. */
async function unknownVerbs(text: string): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { scripts: object };
  const named = [...text.matchAll(/\bnpm run (?:-s )?([a-z][a-z0-9:-]*)/g)].map(([, verb = ""]) => verb);
  return named.filter((verb) => !(verb in scripts));
}

test("there are documents to look at", () => {
  for (const file of ["README.md", "README.ja.md", "docs/alerts.md"]) assert.ok(texts.has(file), file);
});

test("what is broken is found", async () => {
  const text = "[a](no/such/file.md) [b](README.md#no-such-heading) [c](https://example.com) `npm run nothing`";
  assert.deepEqual(broken("a.md", text), ["no/such/file.md", "README.md#no-such-heading"]);
  assert.deepEqual(await unknownVerbs(text), ["nothing"]);
});

test("every link leads somewhere, and every npm verb is one", async () => {
  const wrong = [...texts].map(async ([file, text]) =>
    [...broken(file, text), ...(await unknownVerbs(text))].map((what) => `${file}: ${what}`),
  );
  assert.deepEqual((await Promise.all(wrong)).flat(), []);
});

test("the Japanese README has the commands, files and outputs of the English one", () => {
  const blocks = (file: string) =>
    [...(texts.get(file) ?? "").matchAll(/^```.*?^```/gms)].map(([block]) => block.replace(/ +#.*$/gm, ""));
  assert.ok(blocks("README.md").length > 10);
  assert.deepEqual(blocks("README.ja.md"), blocks("README.md"));
});

test("either README tells of every Component", () => {
  // Platforms are named by their end alone, but for the first.
  for (const file of ["README.md", "README.ja.md"]) {
    const told = (name: string) => texts.get(file)?.includes(`\`${name}\``);
    const untold = components(defaults).filter(({ name }) => !told(name) && !told(name.replace(/^platform(?=-)/, "")));
    assert.deepEqual(untold, [], file);
  }
});

test.run();
