import type { Component, ConfigMapFiles, Feature } from "./component.js";
import { annotationPath, type JsonPatch } from "./patch.js";

/*
 * Kustomize lets the last of two Components win that replace the same file, without a word. So each file that some
 * feature replaces has an annotation that says who wrote it, and a feature that replaces it tests that nobody did so
 * before: the second one ends `kubectl kustomize` with an error that names the file.
 */

const nobody = "base";

/** The components, with annotations on their ConfigMaps for the files that the features replace. */
export function guarded(components: readonly Component[], features: readonly Feature[]): Component[] {
  const replaced = features.flatMap(({ replaces = [] }) => replaces);
  return components.map((component) => {
    if (component.configMaps === undefined) return component;
    return { ...component, configMaps: component.configMaps.map((map) => annotated(map, replaced)) };
  });
}

function annotated(map: ConfigMapFiles, replaced: readonly ConfigMapFiles[]): ConfigMapFiles {
  const names = new Set(replaced.filter(({ name }) => name === map.name).flatMap(fileNames));
  if (names.size === 0) return map;
  const annotations = Object.fromEntries([...names].sort().map((name) => [keyOf(name), nobody]));
  return { ...map, annotations: { ...map.annotations, ...annotations } };
}

/** Patches that make a feature fail where another one replaced the same file before. */
export function guardsOf({ name, replaces = [] }: Feature): JsonPatch[] {
  return replaces.map((map) => ({
    name: `once-${map.name}`,
    target: { kind: "ConfigMap", name: map.name },
    operations: fileNames(map).flatMap((file) => [
      { op: "test", path: annotationPath(keyOf(file)), value: nobody },
      { op: "replace", path: annotationPath(keyOf(file)), value: name },
    ]),
  }));
}

function fileNames({ files }: ConfigMapFiles): string[] {
  return files.map(({ name }) => name);
}

/** The key is what Kustomize's error message shows, so it says what is wrong. */
function keyOf(file: string): string {
  return `plain-prometheus/only-one-component-replaces.${file}`;
}
