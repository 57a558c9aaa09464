import type { Rendered } from "./objects.js";

/** Annotation of a kustomization: objects that the cluster has without this overlay, one a line, as findings name them. */
export const declaration = "plain-prometheus/exists";

/**
 * Whether a kustomization of the overlay declares that the cluster has an object already.
 *
 * @param object - as findings name it: `PriorityClass high`, `Service my-team/my-app`; with a `/` at its end, whichever of
 * that namespace
 */
export function isDeclared({ kustomizations = [] }: Pick<Rendered, "kustomizations">, object: string): boolean {
  const wanted = object.toLowerCase();
  return kustomizations.some(({ content }) =>
    `${content?.metadata?.annotations?.[declaration] ?? ""}`
      .toLowerCase()
      .split(/[\n,]/)
      .map((line) => line.trim())
      .some((line) => line === wanted || (wanted.endsWith("/") && line.startsWith(wanted))),
  );
}

/** The last words of a fix, where what is missing may be there all the same. */
export function orDeclare(object: string): string {
  return `; or, where the cluster has it already, annotate the kustomization's metadata with ${declaration}: ${object}`;
}
