import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";

/** How a patch names what it changes. */
export interface Target {
  /** One kind, or several with `|` between them. */
  readonly kind: string;
  readonly name: string;
}

/**
 * One change of an object of the base, as a file of a Kustomize Component. Lists without names (the rules of a role, the
 * arguments of a container) are replaced as a whole; a place in a list is never named by its number.
 */
export type Patch = MergePatch | JsonPatch;

/**
 * Part of an object, laid over the object: the object it names, or every one of {@link MergePatch.target}. Where it has
 * a name that no target has, the target takes that name.
 */
export interface MergePatch {
  /** Name of its file, without the extension. */
  readonly name: string;
  readonly merge: Identity;
  readonly target?: Target;
}

/** Single operations, for what merging cannot say. */
export interface JsonPatch {
  /** Name of its file, without the extension. */
  readonly name: string;
  readonly target: Target;
  readonly operations: readonly Operation[];
}

/** One step of a JSON patch. `test` makes the build fail where the value is another one; a path that ends with `-` appends. */
export type Operation =
  | { readonly op: "test" | "replace"; readonly path: string; readonly value: string }
  | { readonly op: "add"; readonly path: `${string}/-` | "/metadata/annotations"; readonly value: object };

interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Any part of T. `null` takes a field away, `$patch: "delete"` the whole. */
export type Part<T> = T extends readonly (infer Item)[]
  ? readonly Part<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]?: Part<T[Key]> | null } & { readonly $patch?: "delete" }
    : T;

/** A merge patch whose fields are those of the model `T`. */
export function merging<T>(name: string, merge: Part<T> & Identity, target?: Target): MergePatch {
  return { name, merge, ...(target && { target }) };
}

/** Takes away a Deployment of the base, in whose place a Component brings a StatefulSet. */
export function noDeployment(name: string, namespace: string): MergePatch {
  return merging<IDeployment>("no-deployment", {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    $patch: "delete",
  });
}
