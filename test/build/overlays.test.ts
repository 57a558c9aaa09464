import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "uvu";
import { allOverlays, problems } from "../../scripts/lib/build.js";
import { runChecks } from "../../scripts/lib/checks/index.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";
import { ofKind } from "../../scripts/lib/rendered/objects.js";

const overlays = await allOverlays();

async function problemsOf(overlay: string): Promise<string> {
  return problems([{ overlay, findings: await runChecks(await render(overlay)) }]);
}

/** Runs `use` with an overlay that moves another one to namespace `elsewhere`. */
async function moved<T>(overlay: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
  try {
    const resource = relative(folder, join(root, overlay));
    await writeFile(join(folder, "kustomization.yaml"), `namespace: elsewhere\nresources: [${resource}]\n`);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("there are overlays to look at", () => {
  assert.deepEqual(
    ["overlays/devbox", "overlays/prod"].filter((overlay) => !overlays.includes(overlay)),
    [],
  );
});

for (const overlay of overlays) {
  test(`${overlay} is right by every check`, async () => {
    assert.equal(await problemsOf(overlay), "");
  });

  test(`${overlay} is right in another namespace too, its bindings included`, async () => {
    await moved(overlay, async (folder) => {
      assert.equal(await problemsOf(folder), "");
      const { objects } = await render(folder);
      const subjects = [
        ...ofKind(objects, "rbac.authorization.k8s.io/v1/ClusterRoleBinding"),
        ...ofKind(objects, "rbac.authorization.k8s.io/v1/RoleBinding"),
      ].flatMap((binding) => binding.subjects ?? []);
      assert.ok(subjects.length > 0);
      assert.deepEqual([...new Set(subjects.map(({ namespace }) => namespace))], ["elsewhere"]);
    });
  });
}

test.run();
