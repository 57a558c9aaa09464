import type { Base, Component, ConfigMapFiles } from "./component.js";
import { annotationPath, type JsonPatch } from "./patch.js";

/*
 * Kustomize lets the last of two Components win that replace the same file, without a word. So each file that some
 * feature replaces has an annotation that says who wrote it, and a feature that replaces it tests that nobody did so
 * before: the second one ends `kubectl kustomize` with an error that names the file. So does one that replaces a file
 * before the feature was listed that brings it.
 */

const base = "base";
const nobody = "nobody";

/** The components, with annotations on their ConfigMaps for the files that the features replace. */
export function guarded(components: readonly Base[], features: readonly Component[]): Base[] {
  const replaced = replacedBy(features);
  return components.map((component) => {
    if (component.configMaps === undefined) return component;
    return { ...component, configMaps: component.configMaps.map((map) => annotated(map, replaced)) };
  });
}

function annotated(map: ConfigMapFiles, replaced: readonly ConfigMapFiles[]): ConfigMapFiles {
  const names = new Set(replaced.filter(({ name }) => name === map.name).flatMap(fileNames));
  if (names.size === 0) return map;
  const own = fileNames(map);
  const annotations = Object.fromEntries(
    [...names].sort().map((name) => [keyOf(name), own.includes(name) ? base : nobody]),
  );
  return { ...map, annotations: { ...map.annotations, ...annotations } };
}

/** Patches that make a feature fail where another one replaced the same file before, or where the file is not there. */
export function guardsOf({ name, adds = [], replaces = [] }: Component, features: readonly Component[]): JsonPatch[] {
  const replaced = replacedBy(features);
  const added = adds.flatMap((map) => {
    const both = fileNames(map).filter((file) => replaced.some((other) => holds(other, map.name, file)));
    return both.length === 0 ? [] : [guard(`first-${map.name}`, map, name, both, () => nobody)];
  });
  const bringer = (map: ConfigMapFiles, file: string) =>
    features.find((other) => other.adds?.some((one) => holds(one, map.name, file)))?.name ?? base;
  return [
    ...added,
    ...replaces.map((map) => guard(`once-${map.name}`, map, name, fileNames(map), (file) => bringer(map, file))),
  ];
}

function guard(
  patch: string,
  map: ConfigMapFiles,
  feature: string,
  files: readonly string[],
  before: (file: string) => string,
): JsonPatch {
  return {
    name: patch,
    target: { kind: "ConfigMap", name: map.name },
    operations: files.flatMap((file) => [
      { op: "test", path: annotationPath(keyOf(file)), value: before(file) },
      { op: "replace", path: annotationPath(keyOf(file)), value: feature },
    ]),
  };
}

function replacedBy(features: readonly Component[]): ConfigMapFiles[] {
  return features.flatMap(({ replaces = [] }) => replaces);
}

function holds(map: ConfigMapFiles, name: string, file: string): boolean {
  return map.name === name && fileNames(map).includes(file);
}

function fileNames({ files }: ConfigMapFiles): string[] {
  return files.map(({ name }) => name);
}

/** The key is what Kustomize's error message shows, so it says what is wrong. */
function keyOf(file: string): string {
  return `plain-prometheus/only-one-component-replaces.${file}`;
}
