import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "uvu";
import { problems } from "../../scripts/lib/build.js";
import { runChecks } from "../../scripts/lib/checks/index.js";
import { allOverlays } from "../../scripts/lib/overlays.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";
import { ofKind } from "../../scripts/lib/rendered/objects.js";
import { workloadsOf } from "../../scripts/lib/rendered/workloads.js";

const overlays = await allOverlays();

async function problemsOf(overlay: string): Promise<string> {
  return problems([{ overlay, findings: await runChecks(await render(overlay)) }]);
}

/** The folders of an overlay that say a namespace: itself, or those it lists where it spans several namespaces. */
async function placed(overlay: string): Promise<string[]> {
  if ((await render(overlay)).namespace !== undefined) return [overlay];
  const entries = await readdir(join(root, overlay), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${overlay}/${name}`);
  return (await Promise.all(folders.map(placed))).flat();
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

  test(`${overlay} has folders that say a namespace`, async () => {
    assert.notDeepEqual(await placed(overlay), []);
  });

  for (const folder of await placed(overlay)) {
    test(`${folder} is right in another namespace too, its bindings included`, async () => {
      await moved(folder, async (elsewhere) => {
        assert.equal(await problemsOf(elsewhere), "");
        const { objects } = await render(elsewhere);
        const subjects = [
          ...ofKind(objects, "rbac.authorization.k8s.io/v1/ClusterRoleBinding"),
          ...ofKind(objects, "rbac.authorization.k8s.io/v1/RoleBinding"),
        ].flatMap((binding) => binding.subjects ?? []);
        const withToken = workloadsOf({ objects }).filter(({ pod }) => pod.automountServiceAccountToken === true);
        for (const { object, pod } of withToken) {
          const isBound = subjects.some(({ name }) => name === pod.serviceAccountName);
          assert.ok(isBound, `${object} has a token that no binding names`);
        }
        for (const { namespace } of subjects) assert.equal(namespace, "elsewhere");
      });
    });
  }
}

test.run();
