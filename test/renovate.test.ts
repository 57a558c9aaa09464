import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { type Image, images, pulledImages } from "../generators/versions.js";
import { root } from "../scripts/lib/project.js";

const config = JSON.parse(await readFile(join(root, "renovate.json"), "utf8"));
const versions = await readFile(join(root, "generators/versions.ts"), "utf8");
const manager = config.customManagers[0];
const [pattern] = manager.matchStrings as string[];
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

/** What Renovate reads out of a file: it searches the file as a whole, with this flag. */
function found(text: string): Image[] {
  return [...text.matchAll(new RegExp(pattern ?? "", "g"))].map(({ groups }) => ({
    repository: groups?.depName ?? "",
    tag: groups?.currentValue ?? "",
    ...(groups?.currentDigest !== undefined && { digest: groups.currentDigest }),
  }));
}

test("Renovate finds every image, and each of them once", () => {
  const all: Image[] = [...Object.values(images), ...Object.values(pulledImages)];
  assert.deepEqual(found(versions), all);
});

test("a digest is found beside its tag, in one line or in several", () => {
  const [image] = found(versions);
  assert.ok(image !== undefined);
  for (const text of [
    `{ repository: "a.example/b", tag: "v1.2.3", digest: "${digest}" }`,
    `{\n    repository: "a.example/b",\n    tag: "v1.2.3",\n    digest: "${digest}",\n  }`,
  ]) {
    assert.deepEqual(found(text), [{ repository: "a.example/b", tag: "v1.2.3", digest }]);
  }
});

test("nothing but the file of the versions is looked at", () => {
  assert.deepEqual(config.enabledManagers, ["custom.regex"]);
  assert.equal(config.customManagers.length, 1);
  assert.equal(manager.customType, "regex");
  const [files, ...more] = (manager.managerFilePatterns as string[]).map((text) => new RegExp(text.slice(1, -1)));
  assert.equal(more.length, 0);
  assert.ok(files?.test("generators/versions.ts"));
  for (const path of ["generators/versionsXts", "x/generators/versions.ts", "package.json", "tools/etcd/go.mod"]) {
    assert.ok(!files?.test(path), path);
  }
});

test("the expression is one that RE2 takes, which Renovate searches with", () => {
  assert.doesNotMatch(pattern ?? "", /\(\?<?[=!]|\\[1-9]|\\k/);
});

test("after a bump base/ is written anew by a script that there is, and goes into the same commit", async () => {
  const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  assert.deepEqual(config.postUpgradeTasks, {
    commands: ["npm ci", "npm run generate"],
    fileFilters: ["base/**"],
    executionMode: "branch",
  });
  assert.ok("generate" in scripts);
});

test.run();
