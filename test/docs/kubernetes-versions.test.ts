import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { root } from "../../scripts/lib/project.js";
import { kubernetesVersion, kubernetesVersions } from "../../scripts/lib/toolchain/kubernetes-versions.js";

test("docs/upgrades.md says with which versions of Kubernetes the overlays are tried, and how", async () => {
  const rows = await Promise.all(
    kubernetesVersions.map(async ({ folder, apiserver }) => {
      const release = await kubernetesVersion(folder);
      const minor = release.split(".", 2).join(".");
      return `| ${minor} | ${release} | ${apiserver === undefined ? "" : `${release} `}|`;
    }),
  );
  const text = await readFile(join(root, "docs/upgrades.md"), "utf8");
  const written = [...text.matchAll(/^\| \d[\d.]* \| [^|]*\| ?[^|]*\|/gm)].map(([row]) => row);
  assert.deepEqual(written, rows);
});

test("the READMEs name the oldest and the newest", async () => {
  const minors = await Promise.all(
    kubernetesVersions.map(async ({ folder }) => (await kubernetesVersion(folder)).split(".", 2).join(".")),
  );
  for (const file of ["README.md", "README.ja.md"]) {
    const text = await readFile(join(root, file), "utf8");
    assert.match(text, new RegExp(`Kubernetes ${minors.at(0)}[^.\n]*${minors.at(-1)}`), file);
  }
});

test.run();
