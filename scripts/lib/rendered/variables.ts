import type { IContainer } from "kubernetes-models/v1/Container";
import { find, type RenderedObject } from "./objects.js";

/** The environment of a container, as far as the rendered objects tell it. */
interface Environment {
  /** Value by name; undefined where only the cluster knows it (a field of the pod, a Secret). */
  readonly variables: ReadonlyMap<string, string | undefined>;
  /** Whether every name is known: a Secret taken as a whole may bring any. */
  readonly complete: boolean;
}

/** Reads a container's `env` and `envFrom`, looking ConfigMaps up among the rendered objects. */
export function environmentOf(
  { env, envFrom }: IContainer,
  namespace: string | undefined,
  objects: readonly RenderedObject[],
): Environment {
  const variables = new Map<string, string | undefined>();
  let complete = true;
  for (const { prefix = "", configMapRef } of envFrom ?? []) {
    const data = configMapRef && find(objects, "v1/ConfigMap", configMapRef.name ?? "", namespace)?.data;
    if (data === undefined) complete = false;
    for (const [key, value] of Object.entries(data ?? {})) variables.set(prefix + key, value);
  }
  for (const { name, value, valueFrom } of env ?? []) {
    const reference = valueFrom?.configMapKeyRef;
    const referred = reference && find(objects, "v1/ConfigMap", reference.name ?? "", namespace);
    const own = valueFrom === undefined ? expand(value ?? "", { variables, complete }).text : undefined;
    variables.set(name, referred ? referred.data?.[reference?.key ?? ""] : own);
  }
  return { variables, complete };
}

/** A text after Kubernetes has expanded the variables in it. */
interface Expanded {
  /** Undefined where it holds the value of a variable that only the cluster knows. */
  readonly text: string | undefined;
  /** Variables that the container does not have: Kubernetes leaves such a `$(NAME)` as it stands. */
  readonly missing: readonly string[];
}

/**
 * Expands `$(NAME)` in a command, an argument or the value of a variable as the kubelet does; `$$` escapes.
 *
 * Source: https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function expand(text: string, { variables, complete }: Environment): Expanded {
  const missing: string[] = [];
  let known = true;
  const expanded = text.replace(/\$\$|\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)/g, (written, name?: string) => {
    if (name === undefined) return "$";
    const value = variables.get(name);
    if (value !== undefined) return value;
    if (variables.has(name) || !complete) known = false;
    // The API server's address is in the environment of every container.
    else if (!name.startsWith("KUBERNETES_")) missing.push(name);
    return written;
  });
  return { text: known ? expanded : undefined, missing };
}
