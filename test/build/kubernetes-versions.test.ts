import assert from "node:assert/strict";
import { test } from "uvu";
import { parseAllDocuments } from "yaml";
import { $ } from "zx";
import { schemaFindings } from "../../scripts/lib/checks/schema.js";
import { kubectlCommand } from "../../scripts/lib/kubectl.js";
import { allOverlays } from "../../scripts/lib/overlays.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";
import { nameOf, type RenderedObject } from "../../scripts/lib/rendered/objects.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { kubernetesSchemas } from "../../scripts/lib/toolchain/kubernetes-schemas.js";
import { kubernetesVersion, kubernetesVersions } from "../../scripts/lib/toolchain/kubernetes-versions.js";
import { object } from "../scripts/lib/checks/fixtures.js";

const overlays = await allOverlays();
const rendered = await Promise.all(overlays.map((overlay) => render(overlay)));

for (const { folder } of kubernetesVersions) {
  const version = await kubernetesVersion(folder);

  test(`every overlay is right by the strict schemas of Kubernetes ${version}`, async () => {
    const schemas = await kubernetesSchemas(folder);
    for (const overlay of rendered) assert.deepEqual(await schemaFindings(overlay, schemas), [], overlay.overlay);
  });
}

test("the schemas of each version are its own", async () => {
  // Source: the changes of the API between v1.34 and v1.37, in api/openapi-spec/swagger.json.
  const newer = object("certificates.k8s.io/v1", "PodCertificateRequest", {}, {});
  const findings = await Promise.all(
    kubernetesVersions.map(async ({ folder }) =>
      schemaFindings(
        { overlay: "test", text: JSON.stringify(newer), objects: [newer] },
        await kubernetesSchemas(folder),
      ),
    ),
  );
  assert.match(findings.at(0)?.[0]?.message ?? "", /could not find schema/);
  assert.doesNotMatch(findings.at(-1)?.[0]?.message ?? "", /could not find schema/);
});

for (const overlay of overlays) {
  test(`${overlay} is the same by the installed kubectl, by that of the newest Kubernetes, and by standalone Kustomize`, async () => {
    const built = await Promise.all([
      objectsOf([await kubectlCommand(), "kustomize"], overlay),
      objectsOf([await toolchain.tool("kubectl"), "kustomize"], overlay),
      objectsOf([await toolchain.tool("kustomize"), "build"], overlay),
    ]);
    const [first, ...others] = built;
    assert.ok((first?.size ?? 0) > 10);
    for (const other of others) assert.deepEqual(other, first);
  });
}

/** What a command builds, by name: in which order is Kustomize's affair. */
async function objectsOf(command: readonly string[], overlay: string): Promise<Map<string, RenderedObject>> {
  const { stdout } = await $({ quiet: true, cwd: root })`${command} ${overlay}`;
  const objects = parseAllDocuments(stdout).map((document) => document.toJS() as RenderedObject);
  return new Map(objects.map((each) => [`${each.apiVersion} ${nameOf(each)}`, each]));
}

test.run();
