import type { KubernetesObject } from "./base-and-component.js";

/** What every Kubernetes object has. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/**
 * An object that is written as plain data, for a component of your own. Nothing checks it: an object of
 * `kubernetes-models` can be put in its place, and checks itself.
 */
export function manifest(data: Manifest & Readonly<Record<string, unknown>>): KubernetesObject {
  const { apiVersion, kind, metadata } = data;
  return { apiVersion, kind, metadata, validate: () => {}, toJSON: () => data };
}
