import assert from "node:assert/strict";
import { test } from "uvu";
import { Failure } from "../../scripts/lib/failure.js";
import type { Kubectl } from "../../scripts/lib/kubectl.js";
import { allOverlays } from "../../scripts/lib/overlays.js";
import { render } from "../../scripts/lib/render.js";
import { ofKind, type RenderedObject } from "../../scripts/lib/rendered/objects.js";
import { kubernetesVersion, kubernetesVersions } from "../../scripts/lib/toolchain/kubernetes-versions.js";
import { changedFields } from "../../scripts/lib/upgrade/fields.js";
import { immutable, refusedOf } from "../../scripts/lib/upgrade/immutable.js";
import { withApiServer } from "./lib/api-server.js";
import { type Change, changes, changesNamespace } from "./lib/refused-changes.js";

const rendered = await Promise.all((await allOverlays()).map((overlay) => render(overlay)));

/** JSON documents one after the other, as kubectl takes them. */
const asInput = (objects: readonly RenderedObject[]) => objects.map((object) => JSON.stringify(object)).join("\n");
// What it would only warn of, such as a pod that the namespace's Pod Security will not admit, is an error too.
const applying = ["apply", "--server-side", "--force-conflicts", "--warnings-as-errors", "-f", "-"];

async function apply(kubectl: Kubectl, objects: readonly RenderedObject[]): Promise<string> {
  return await kubectl.text(applying, { input: asInput(objects) });
}

async function tryOut(kubectl: Kubectl, objects: readonly RenderedObject[]): Promise<string> {
  return await kubectl.text([...applying, "--dry-run=server"], { input: asInput(objects) });
}

/** What the API server says against these, one line for each that it refuses; empty when it takes them all. */
async function complaints(kubectl: Kubectl, objects: readonly RenderedObject[]): Promise<string[]> {
  try {
    await tryOut(kubectl, objects);
    return [];
  } catch (error) {
    if (error instanceof Failure) return error.message.split("\n").slice(1);
    throw error;
  }
}

for (const { folder, apiserver } of kubernetesVersions) {
  if (apiserver === undefined) continue;
  const version = await kubernetesVersion(folder);

  test(`Kubernetes ${version} takes every overlay, refuses what it does not know, and changes as the report says`, async () => {
    await withApiServer(apiserver, async (kubectl) => {
      const { gitVersion } = JSON.parse(await kubectl.raw("/version")) as { gitVersion: string };
      assert.equal(gitVersion, `v${version}`);

      for (const { overlay, objects } of rendered) {
        // Nothing can be tried out in a namespace that is not there.
        await apply(kubectl, ofKind(objects, "v1/Namespace"));
        const taken = await tryOut(kubectl, objects);
        assert.equal(taken.trim().split("\n").length, objects.length, `${overlay}: ${taken}`);
      }

      await apply(kubectl, [changesNamespace]);
      const strange = { ...changesNamespace, spec: { finalisers: [] } };
      await assert.rejects(tryOut(kubectl, [strange]), /finalisers/);

      await apply(
        kubectl,
        changes.map(({ old }) => old),
      );
      const [refused, taken] = [changes.filter(({ refused }) => refused), changes.filter(({ refused }) => !refused)];
      const against = async (some: readonly Change[]) =>
        await complaints(
          kubectl,
          some.map(({ now }) => now),
        );
      assert.deepEqual(await against(taken), []);
      const said = await against(refused);
      for (const { what, now } of refused) {
        const line = said.find((one) => one.includes(`"${now.metadata.name}"`));
        // Anything else would be a mistake of the example.
        assert.match(line ?? "taken", /immutable|forbidden|may not|cannot change/i, `${what}\n${said.join("\n")}`);
      }
    });
  });
}

test("the report says so of each change, and every kind that it knows is among them", () => {
  for (const { what, old, now, refused } of changes) {
    assert.equal(refusedOf(old, changedFields(old, now)) !== undefined, refused, what);
  }
  const tried = new Set(changes.filter(({ refused }) => refused).map(({ old }) => `${old.apiVersion}/${old.kind}`));
  assert.deepEqual(
    immutable.map(({ kind }) => kind).filter((kind) => !tried.has(kind)),
    [],
  );
});

test.run();
