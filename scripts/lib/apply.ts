import { Failure } from "./failure.js";
import type { Kubectl } from "./kubectl.js";
import { leftOut, withApplicable } from "./left-out.js";
import { step } from "./progress.js";
import { nameOf, ofKind, type Rendered, type RenderedObject } from "./rendered/objects.js";

/**
 * Applies a rendered overlay just as its reader would, and waits until its workloads run what was applied. What needs
 * an image that the cluster does not get is left out, and said.
 *
 * @throws Failure with what kubectl said, when the overlay is refused. A workload that does not come up is no error
 * here: it is said, and left to the verification, which knows why.
 */
export async function apply(rendered: Rendered, kubectl: Kubectl): Promise<void> {
  const { overlay, objects } = rendered;
  const left = leftOut(rendered, kubectl.lacks);
  for (const { object, image } of left) console.error(`left out: ${object}, as ${image} cannot be had here`);
  await step(`applying ${overlay}: ${objects.length - left.length} objects`, () =>
    withApplicable(rendered, kubectl, (folder) => kubectl.text(["apply", "-k", folder])),
  );
  const isLeftOut = (workload: RenderedObject) => left.some(({ object }) => object === nameOf(workload));
  for (const workload of workloadsToWaitFor(objects).filter((workload) => !isLeftOut(workload))) {
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
