import { type Base, type ConfigMapFiles, textOf } from "./base-and-component.js";
import { validate } from "./lay-out.js";

/**
 * Everything that a component consists of as plain Kubernetes objects: what Kustomize makes of its folder in `base/`,
 * with each ConfigMap built as configMapGenerator builds it from the files.
 *
 * @throws Error that names the object, when one is not valid.
 */
export function objectsOf({ source, objects, configMaps = [] }: Base): object[] {
  for (const object of objects) validate(object, source);
  return [...objects.map((object) => object.toJSON() as object), ...configMaps.map(configMap)];
}

function configMap({ name, namespace, labels, restarts, files, ...map }: ConfigMapFiles): object {
  const annotations = {
    ...map.annotations,
    // Kustomize's own sign that what a generator gave is to be named after its content.
    ...(restarts && { "kustomize.config.k8s.io/needs-hash": "true" }),
  };
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace, labels, ...(Object.keys(annotations).length > 0 && { annotations }) },
    data: Object.fromEntries(files.map((file) => [file.name, textOf(file)])),
  };
}
