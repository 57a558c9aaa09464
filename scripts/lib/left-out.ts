import { realpath, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { stringify } from "yaml";
import type { Kubectl } from "./kubectl.js";
import { root } from "./project.js";
import { nameOf, type Rendered, type RenderedObject } from "./rendered/objects.js";
import { workloadsOf } from "./rendered/workloads.js";
import { withTemporaryFolder } from "./temporary-folder.js";

/** A workload that does not go into a cluster, and the image that is the reason. */
export interface LeftOut {
  /** As findings name it: `Deployment monitoring/grafana`. */
  readonly object: string;
  readonly image: string;
}

/** The workloads of an overlay that need an image which the cluster does not get. */
export function leftOut(rendered: Pick<Rendered, "objects">, lacks: readonly string[]): readonly LeftOut[] {
  return workloadsOf(rendered).flatMap(({ object, containers }) => {
    const image = containers.map((container) => container.image ?? "").find((one) => lacks.includes(one));
    return image === undefined ? [] : [{ object, image }];
  });
}

/** The patches of a kustomization that take what is {@link leftOut} out of an overlay. */
export function deletions({ objects }: Pick<Rendered, "objects">, lacks: readonly string[]): { patch: string }[] {
  const left = new Set(leftOut({ objects }, lacks).map(({ object }) => object));
  return objects.filter((object) => left.has(nameOf(object))).map(deletion);
}

/**
 * Runs `work` with the folder of what is to be applied to the cluster: the overlay itself, or where something of it is
 * left out, a kustomization for as long as that takes, which has all the rest.
 */
export async function withApplicable<T>(
  { overlay, objects }: Pick<Rendered, "overlay" | "objects">,
  { lacks }: Pick<Kubectl, "lacks">,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const patches = deletions({ objects }, lacks);
  if (patches.length === 0) return await work(resolve(root, overlay));
  return await withTemporaryFolder(async (folder) => {
    // Kustomize takes no absolute path.
    const resources = [relative(folder, await realpath(resolve(root, overlay)))];
    await writeFile(join(folder, "kustomization.yaml"), stringify({ resources, patches }));
    return await work(folder);
  });
}

function deletion({ apiVersion, kind, metadata: { name, namespace } }: RenderedObject): { patch: string } {
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  return { patch: stringify({ $patch: "delete", apiVersion, kind, metadata }) };
}
