import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { bundleVersion } from "../../../generators/versions.js";
import { requireSameVersion, versionIn } from "../../../scripts/lib/base-version.js";
import { Failure } from "../../../scripts/lib/failure.js";
import { root } from "../../../scripts/lib/project.js";
import { files } from "../../lib/files.js";

test("base/ names the version of the package", async () => {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  assert.equal(bundleVersion, version);
  assert.equal(versionIn(files.get("kustomization.yaml") ?? ""), version);
});

test("base/ of another version is refused; no base/, and one that names none, are not", async () => {
  const folder = await mkdtemp(join(tmpdir(), "base-version-"));
  try {
    await requireSameVersion(folder);
    await mkdir(join(folder, "base"));
    for (const text of ["", "kind: Kustomization\n", `# plain-prometheus ${bundleVersion}\n`]) {
      await writeFile(join(folder, "base/kustomization.yaml"), text);
      await requireSameVersion(folder);
    }
    await writeFile(join(folder, "base/kustomization.yaml"), "# plain-prometheus 9.9.9\n");
    await assert.rejects(
      requireSameVersion(folder),
      (error) => error instanceof Failure && /9\.9\.9/.test(error.message),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.run();
