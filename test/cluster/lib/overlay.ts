import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { root } from "../../../scripts/lib/project.js";

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
