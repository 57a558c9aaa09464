import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { apply } from "../../../scripts/lib/apply.js";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";
import { root } from "../../../scripts/lib/project.js";
import { render } from "../../../scripts/lib/render.js";
import type { RenderedObject } from "../../../scripts/lib/rendered/objects.js";

/** What a kustomization.yaml of a test changes, with paths from the root of the project. */
export interface Changes {
  readonly resources: readonly string[];
  readonly components?: readonly string[];
  /** Strategic merge patches, each a whole object as far as it says anything. */
  readonly patches?: readonly object[];
}

/** Runs `work` with the folder of an overlay that changes others, as a user's own would. */
export async function withOverlay<T>(changes: Changes, work: (folder: string) => Promise<T>): Promise<T> {
  const { resources, components = [], patches = [] } = changes;
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
  const fromFolder = (path: string) => relative(folder, join(root, path));
  try {
    await writeFile(
      join(folder, "kustomization.yaml"),
      stringify({
        resources: resources.map(fromFolder),
        components: components.map(fromFolder),
        patches: patches.map((patch) => ({ patch: stringify(patch) })),
      }),
    );
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Applies overlays/devbox again, and deletes what another overlay brought beside it. */
export async function backToDevbox(kubectl: Kubectl, brought: readonly RenderedObject[]): Promise<void> {
  const devbox = await render("overlays/devbox");
  const idOf = ({ kind, metadata }: RenderedObject) => `${kind} ${metadata.namespace}/${metadata.name}`;
  const kept = new Set(devbox.objects.map(idOf));
  const more = brought.filter((object) => !kept.has(idOf(object)));
  await apply(devbox, kubectl);
  const args = ["delete", "--ignore-not-found", "--filename=-"];
  await kubectl.text(args, { input: more.map((object) => JSON.stringify(object)).join("\n") });
}
