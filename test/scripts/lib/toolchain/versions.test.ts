import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "uvu";
import { root } from "../../../../scripts/lib/project.js";
import { type FamilyName, families, family, familyOf } from "../../../../scripts/lib/toolchain/families.js";
import { pinnedVersion, releaseOf, requiredVersion } from "../../../../scripts/lib/toolchain/versions.js";

const names = Object.keys(families) as FamilyName[];

test("the version is the required one, not that of a module whose path only begins alike", () => {
  const goMod = "module x\nrequire (\n\texample.org/a/b v2.0.0 // indirect\n\texample.org/a v1.2.3\n)\n";
  assert.equal(requiredVersion(goMod, "example.org/a"), "v1.2.3");
  assert.equal(requiredVersion("require example.org/a v1.0.0\n", "example.org/a"), "v1.0.0");
  assert.equal(requiredVersion(goMod, "example.org/c"), undefined);
});

test("Prometheus' module version 0.316.0 is release 3.16.0", () => {
  assert.equal(releaseOf("github.com/prometheus/prometheus", "v0.316.0"), "3.16.0");
  assert.equal(releaseOf("github.com/prometheus/prometheus", "v0.305.1"), "3.5.1");
  assert.equal(releaseOf("k8s.io/kubernetes", "v1.37.2"), "1.37.2");
});

test("each family's go.mod pins its module and lists its programs as tools", async () => {
  for (const name of names) {
    const { folder, module, tools } = family(name);
    const goMod = await readFile(join(root, "tools", folder, "go.mod"), "utf8");
    assert.match(await pinnedVersion(name), /^\d+\.\d+\.\d+$/, name);
    if (module === undefined) continue;
    for (const path of Object.values(tools)) {
      // A main package of our own is in the module itself.
      if (path === `plain-prometheus/tools/${folder}`) continue;
      assert.match(goMod, new RegExp(`^(tool |\\t)${path}$`, "m"), `tools/${folder}/go.mod lists no tool ${path}`);
    }
  }
});

test("programs that are built together have the names that Go gives them", () => {
  for (const name of names) {
    const tools = Object.entries(family(name).tools);
    if (tools.length === 1) continue;
    for (const [tool, path] of tools) assert.equal(basename(path), tool);
  }
});

test("a program is found in its family, and in one only", () => {
  assert.equal(familyOf("kubelet"), "kubernetes");
  assert.equal(familyOf("promtool"), "promtool");
  const all = names.flatMap((name) => Object.keys(family(name).tools));
  assert.equal(new Set(all).size, all.length);
});

test.run();
