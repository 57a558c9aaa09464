import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Repository } from "../../../proof/lib/gitops/repository.js";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";
import { root } from "../../../scripts/lib/project.js";
import { render } from "../../../scripts/lib/render.js";
import { nameOf } from "../../../scripts/lib/rendered/objects.js";
import {
  type Application,
  application,
  describe,
  isHealthy,
  isSynced,
  type Resource,
  refresh,
  waitForApplication,
} from "../../lib/argocd/application.js";
import type { ArgoCd } from "../../lib/argocd/index.js";

/** A manifest of docs/argo-cd, which differs in the repository's address alone. */
export async function documented(file: string, { repositoryUrl }: ArgoCd) {
  const text = await readFile(join(root, "docs/argo-cd", file), "utf8");
  return parse(text.replaceAll("https://git.example.com/you/monitoring.git", repositoryUrl));
}

/** The documented Application, by that name and for that overlay. */
export async function documentedApplication(name: string, overlay: string, argocd: ArgoCd) {
  const manifest = await documented("application.yaml", argocd);
  manifest.metadata.name = name;
  manifest.spec.source.path = overlay;
  return manifest;
}

export async function apply(kubectl: Kubectl, manifest: object): Promise<void> {
  await kubectl.text(["apply", "--server-side", "-f", "-"], { input: stringify(manifest) });
}

/** What the commits of the tests change. */
export const kustomizationFile = "overlays/devbox/kustomization.yaml";

/** A commit that Prometheus needs a new pod for: the retention is an argument of the program. */
export async function keepForThreeDays({ folder, commit }: Repository): Promise<string> {
  const file = "overlays/devbox/retention.yaml";
  const text = await readFile(join(folder, file), "utf8");
  assert.match(text, /value: 2d/);
  return await commit("Keep samples for three days", { [file]: text.replace("2d", "3d") });
}

/** A commit that Prometheus needs no new pod for: a job `my-app` of one target, which is Prometheus itself. */
export async function scrapeMyApp({ folder, commit }: Repository): Promise<string> {
  const kustomization = parse(await readFile(join(folder, kustomizationFile), "utf8"));
  const map = { name: "prometheus-scrape", namespace: "monitoring-system", behavior: "merge", files: ["my-app.yml"] };
  const job = { job_name: "my-app", static_configs: [{ targets: ["localhost:9090"] }] };
  return await commit("Scrape my-app", {
    [kustomizationFile]: stringify({ ...kustomization, configMapGenerator: [map] }),
    "overlays/devbox/my-app.yml": stringify({ scrape_configs: [job] }),
  });
}

/** Waits until an Application is as Git has it, at that revision where one is given. */
export async function synced(kubectl: Kubectl, name: string, revision?: string): Promise<Application> {
  return await waitForApplication(kubectl, name, "be Synced", (found) => isSynced(found, revision), 300);
}

/** Waits as {@link synced} does, and until all that the Application made works. */
export async function healthy(kubectl: Kubectl, name: string, revision?: string): Promise<Application> {
  const done = (found: Application) => isSynced(found, revision) && isHealthy(found);
  return await waitForApplication(kubectl, name, "be Synced and Healthy", done, 300);
}

/** An Application was synced once, and nothing had to be tried again. */
export function atFirstAttempt({ status }: Application): void {
  assert.equal(status?.operationState?.retryCount ?? 0, 0);
  assert.equal(status?.history?.length, 1);
}

/** An Application has the objects of a folder and no others, and each is Synced. */
export async function allSynced(found: Application, folder: string): Promise<void> {
  const resources = found.status?.resources ?? [];
  const { objects } = await render(folder);
  assert.deepEqual(resources.map(title).sort(), objects.map(nameOf).sort());
  for (const resource of resources) assert.equal(resource.status, "Synced", describe(found));
}

/** A second reconciliation finds nothing to do, nor does one that renders anew. */
export async function staysAsItIs(kubectl: Kubectl, name: string): Promise<void> {
  const before = await application(kubectl, name);
  const versions = await contents(kubectl, before);
  for (const how of ["normal", "hard"] as const) {
    await refresh(kubectl, name, how);
    const after = await application(kubectl, name);
    assert.ok(isSynced(after), describe(after));
    assert.deepEqual(after.status?.history, before.status?.history, "there was another sync");
    assert.equal(after.status?.operationState?.finishedAt, before.status?.operationState?.finishedAt);
  }
  assert.deepEqual(await contents(kubectl, before), versions);
}

/** The uid and the content of each object of an Application: what a new object or a change of it changes. */
export async function contents(kubectl: Kubectl, { status }: Application): Promise<ReadonlyMap<string, string>> {
  const resources = [...(status?.resources ?? [])].sort((a, b) => title(a).localeCompare(title(b)));
  const input = JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items: resources.map(({ group, version, kind, name, namespace }) => ({
      apiVersion: group === undefined ? version : `${group}/${version}`,
      kind,
      metadata: { name, ...(namespace !== undefined && { namespace }) },
    })),
  });
  const printed = await kubectl.text(["get", "-f", "-", "-o", "json"], { input });
  const { items } = JSON.parse(printed) as { items: { metadata: { uid: string }; status?: object }[] };
  return new Map(
    resources.map((resource, index) => {
      const { metadata, status, ...content } = items[index] ?? assert.fail("kubectl printed fewer objects");
      return [title(resource), `${metadata.uid} ${JSON.stringify(content)}`];
    }),
  );
}

/** As {@link nameOf} has it. */
export function title({ kind, namespace, name }: Resource): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** Says how long something took, for docs/argo-cd/README.md. */
export function record(what: string, began: number): void {
  console.error(`${what}: ${((Date.now() - began) / 1000).toFixed(0)} s`);
}
