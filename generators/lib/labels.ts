/**
 * The recommended labels of Kubernetes that every object of a component carries.
 * No version: a label that changes with each bump would make every diff a wall.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function labels(name: string, component: string): Record<string, string> {
  return {
    ...selector(name),
    "app.kubernetes.io/component": component,
    "app.kubernetes.io/part-of": "plain-prometheus",
  };
}

/** What a selector matches: the name alone, since a selector can never be changed afterwards. */
export function selector(name: string): Record<string, string> {
  return { "app.kubernetes.io/name": name };
}
