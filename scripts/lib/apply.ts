import { resolve } from "node:path";
import { Failure } from "./failure.js";
import type { Kubectl } from "./kubectl.js";
import { step } from "./progress.js";
import { root } from "./project.js";
import { ofKind, type Rendered, type RenderedObject } from "./rendered/objects.js";

/**
 * Applies a rendered overlay just as its reader would, and waits until its workloads run what was applied.
 *
 * @throws Failure with what kubectl said, when the overlay is refused. A workload that does not come up is no error
 * here: it is said, and left to the verification, which knows why.
 */
export async function apply({ overlay, objects }: Rendered, kubectl: Kubectl): Promise<void> {
  await step(`applying ${overlay}: ${objects.length} objects`, () =>
    kubectl.text(["apply", "-k", resolve(root, overlay)]),
  );
  for (const workload of workloadsToWaitFor(objects)) {
    const { name, namespace } = workload.metadata;
    const object = `${workload.kind.toLowerCase()}/${name}`;
    const where = namespace === undefined ? [] : ["--namespace", namespace];
    await step(`waiting for ${object}`, () =>
      kubectl.text(["rollout", "status", object, ...where, "--timeout=180s"]),
    ).catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      console.error(error.message);
    });
  }
}

function workloadsToWaitFor(objects: readonly RenderedObject[]): RenderedObject[] {
  return [
    ...ofKind(objects, "apps/v1/DaemonSet"),
    ...ofKind(objects, "apps/v1/Deployment"),
    ...ofKind(objects, "apps/v1/StatefulSet"),
  ];
}
