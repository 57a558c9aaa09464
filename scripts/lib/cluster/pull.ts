import { pulledImages, reference } from "../../../generators/versions.js";
import { Failure } from "../failure.js";
import { step } from "../progress.js";
import { projectSettings } from "../settings.js";
import { toolchain } from "../toolchain/index.js";
import type { Node } from "./layout.js";
import { insideCache, runInside } from "./node.js";
import { containerdSocket } from "./worker.js";

/** The images that the cluster needs a registry for. */
export function pulledReferences(settings = projectSettings()): readonly string[] {
  return Object.values(pulledImages).map((image) => reference(image, settings));
}

/** How long a registry has for one image. */
const limitSeconds = 300;

/**
 * Gets images from their registries for every node. A node has no way out, so this goes by the machine's network.
 *
 * @returns those that it could not get.
 */
export async function pull(nodes: readonly Node[], references: readonly string[]): Promise<readonly string[]> {
  const lacks: string[] = [];
  for (const image of references) {
    if (!(await step(`looking for ${image} in its registry`, () => pulled(nodes, image)))) lacks.push(image);
  }
  return lacks;
}

async function pulled(nodes: readonly Node[], image: string): Promise<boolean> {
  const ctr = [insideCache(await toolchain.tool("ctr")), "--address", containerdSocket, "--namespace", "k8s.io"];
  try {
    for (const node of nodes) {
      // containerd unpacks it when a pod first wants it: it knows how the node keeps its images.
      await runInside(node, ["timeout", `${limitSeconds}`, ...ctr, "content", "fetch", image], "files");
    }
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}
