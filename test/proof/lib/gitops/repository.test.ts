import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { $ } from "zx";
import { makeRepository } from "../../../../proof/lib/gitops/repository.js";

const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
const bare = join(folder, "monitoring.git");
const repository = await makeRepository(bare);

test.after(() => rm(folder, { recursive: true }));

async function files(): Promise<string[]> {
  const { stdout } = await $({ quiet: true })`git -C ${bare} ls-tree -r --name-only main`;
  return stdout.split("\n");
}

async function head(): Promise<string> {
  return (await $({ quiet: true })`git -C ${bare} rev-parse main`).stdout.trim();
}

test("it has the bases and the overlays", async () => {
  const all = await files();
  assert.ok(all.includes("base/kustomization.yaml"));
  assert.ok(all.includes("overlays/devbox/kustomization.yaml"));
});

test("a commit writes and removes files, and is there for others at once", async () => {
  const revision = await repository.commit("One for another", {
    "overlays/new/kustomization.yaml": "resources: []\n",
    "overlays/devbox/retention.yaml": undefined,
  });
  assert.equal(await head(), revision);
  assert.ok((await files()).includes("overlays/new/kustomization.yaml"));
  assert.ok(!(await files()).includes("overlays/devbox/retention.yaml"));
});

test("a revert is a commit of its own that takes the newest one back", async () => {
  const before = await head();
  assert.notEqual(await repository.revert(), before);
  assert.ok((await files()).includes("overlays/devbox/retention.yaml"));
  assert.ok(!(await files()).includes("overlays/new/kustomization.yaml"));
});

test("the working copy can be removed", async () => {
  await repository.remove();
  assert.ok(!existsSync(repository.folder));
});

test.run();
