import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { isPackage, isProject, product, projectAround, root } from "../../scripts/lib/project.js";

const folder = await mkdtemp(join(tmpdir(), "project-"));
test.after(() => rm(folder, { recursive: true }));

test("a checkout works on itself, from wherever it is called", () => {
  assert.equal(isPackage, false);
  assert.equal(root, product);
  assert.ok(existsSync(join(product, "tools/prometheus/go.mod")));
});

test("a project is found from each folder in it, and nothing else is one", async () => {
  await mkdir(join(folder, "overlays/prod"), { recursive: true });
  assert.equal(projectAround(join(folder, "overlays/prod")), join(folder, "overlays/prod"));
  assert.ok(!isProject(folder));
  await writeFile(join(folder, "settings.yaml"), "");
  assert.equal(projectAround(join(folder, "overlays/prod")), folder);
  await rm(join(folder, "settings.yaml"));
  await mkdir(join(folder, "base"));
  await writeFile(join(folder, "base/kustomization.yaml"), "");
  assert.equal(projectAround(folder), folder);
});

test.run();
