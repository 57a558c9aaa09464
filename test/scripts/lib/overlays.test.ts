import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "uvu";
import { findOverlays, overlayFolder, readKustomizations } from "../../../scripts/lib/overlays.js";
import { root } from "../../../scripts/lib/project.js";

const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
test.after(() => rm(folder, { recursive: true }));

const { INIT_CWD } = process.env;
test.after(() => {
  if (INIT_CWD === undefined) delete process.env.INIT_CWD;
  else process.env.INIT_CWD = INIT_CWD;
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

await write({
  "one/kustomization.yaml": "resources: [part, ../two]\n",
  "one/part/kustomization.yaml": "resources: []\n",
  "two/kustomization.yml": "components: [../switch]\n",
  "team/a/three/Kustomization": "resources: [../base]\n",
  "team/a/base/kustomization.yaml": "resources: []\n",
  "switch/kustomization.yaml": "kind: Component\n",
  "forgotten/kustomization.yaml": "kind: Component\n",
  "broken/kustomization.yaml": "resources: [",
  "notes/README.md": "",
  "circle/a/kustomization.yaml": "resources: [../b]\n",
  "circle/b/kustomization.yaml": "resources: [../a]\n",
  "folder/kustomization.yaml/kustomization.yml": "resources: []\n",
});
await symlink("loop", join(folder, "loop"));

test("overlays are found by each of Kustomize's file names and at any depth", async () => {
  const { overlays } = await findOverlays(folder);
  assert.deepEqual(
    overlays,
    ["broken", "circle/a", "circle/b", "folder/kustomization.yaml", "one", "team/a/three", "two"].map((path) =>
      join(folder, path),
    ),
  );
});

test("a folder that another overlay uses is looked at through that one, unless it is directly below overlays/", async () => {
  const { parts } = await findOverlays(folder);
  assert.deepEqual(
    [...parts].sort(),
    [
      ["one/part", "one"],
      ["switch", "two"],
      ["team/a/base", "team/a/three"],
    ].map((pair) => pair.map((path) => join(folder, path))),
  );
});

test("what no overlay uses is named", async () => {
  const { unused } = await findOverlays(folder);
  assert.deepEqual(
    unused,
    ["forgotten", "loop", "notes"].map((path) => join(folder, path)),
  );
});

test("an overlay is named from the root of the project, from where npm was called, or by its kustomization", () => {
  process.env.INIT_CWD = join(folder, "team");
  assert.equal(overlayFolder("a/three"), join(folder, "team/a/three"));
  assert.equal(overlayFolder("a/three/Kustomization"), join(folder, "team/a/three"));
  assert.equal(overlayFolder("overlays/devbox/"), join(root, "overlays/devbox"));
  process.env.INIT_CWD = join(folder, "two");
  assert.equal(overlayFolder("."), join(folder, "two"));
});

test("what an overlay consists of is read once, its own kustomization first", async () => {
  const read = await readKustomizations(join(folder, "one"));
  assert.deepEqual(
    read.map((one) => one.folder),
    ["one", "one/part", "two", "switch"].map((path) => join(folder, path)),
  );
});

test.run();
