import type { Base, Component, ConfigMapFiles, KubernetesObject } from "./component.js";
import { textOf } from "./component.js";
import { guardsOf } from "./guard.js";
import type { Patch } from "./patch.js";
import { generatedYaml } from "./text.js";

/** Text of each file of `base/`, by its path below it. */
export type Files = ReadonlyMap<string, string>;

/**
 * Lays the components and features out as Kustomize bases: one folder per component, one file per object, config files
 * as they are, and a kustomization.yaml that lists them.
 *
 * @param source the generator that names the components, for the header of the topmost kustomization.yaml
 * @param apart components that the topmost kustomization.yaml leaves out: an overlay lists them where it wants them
 * @throws Error that names the object, when one is not valid or two would share a file.
 */
export function layOut(
  source: string,
  components: readonly Base[],
  features: readonly Component[],
  apart: readonly Base[] = [],
): Files {
  const files = new Map<string, string>();
  const add = (path: string, text: string) => {
    if (files.has(path)) throw new Error(`two generators write base/${path}`);
    files.set(path, text);
  };
  for (const component of [...components, ...apart]) {
    for (const [path, text] of folderOf(component)) add(`${component.name}/${path}`, text);
  }
  for (const feature of features) {
    for (const [path, text] of featureFolderOf(feature, features)) add(`components/${feature.name}/${path}`, text);
  }
  const resources = components.map(({ name }) => name);
  add("kustomization.yaml", generatedYaml(source, kustomization("Kustomization", { resources })));
  return files;
}

function folderOf({ name, source, objects, configMaps = [] }: Base): [string, string][] {
  const manifests = manifestsOf(objects, name, source);
  const fields = {
    resources: manifests.map(([path]) => path),
    ...(configMaps.length > 0 && { configMapGenerator: configMaps.map((map) => generatorOf(map)) }),
  };
  return [
    ["kustomization.yaml", generatedYaml(source, kustomization("Kustomization", fields))],
    ...manifests,
    ...configMaps.flatMap(configFilesOf),
  ];
}

function featureFolderOf(feature: Component, features: readonly Component[]): [string, string][] {
  const { name, source, includes = [], objects = [], configMaps = [], adds = [], replaces = [] } = feature;
  const manifests = manifestsOf(objects, name, source);
  const merged = [...adds, ...replaces];
  const maps = [...configMaps, ...merged];
  const patches = [...guardsOf(feature, features), ...(feature.patches ?? [])];
  const fields = {
    ...(includes.length > 0 && { components: includes.map((other) => `../${other}`) }),
    ...(manifests.length > 0 && { resources: manifests.map(([path]) => path) }),
    ...(maps.length > 0 && {
      configMapGenerator: [
        ...configMaps.map((map) => generatorOf(map)),
        ...merged.map((map) => generatorOf(map, "merge")),
      ],
    }),
    ...(patches.length > 0 && {
      patches: patches.map((patch) => ({ path: patchFile(patch), ...(patch.target && { target: patch.target }) })),
    }),
  };
  return [
    ["kustomization.yaml", generatedYaml(source, kustomization("Component", fields))],
    ...manifests,
    ...maps.flatMap(configFilesOf),
    ...patches.map((patch): [string, string] => [
      patchFile(patch),
      generatedYaml(source, "merge" in patch ? patch.merge : patch.operations),
    ]),
  ];
}

function manifestsOf(objects: readonly KubernetesObject[], folder: string, source: string): [string, string][] {
  return objects.map((object) => {
    validate(object, source);
    return [fileNameOf(object, folder, objects), generatedYaml(source, object.toJSON())];
  });
}

function patchFile({ name }: Patch): string {
  return `patch-${name}.yaml`;
}

function kustomization(kind: "Kustomization" | "Component", fields: object): object {
  const apiVersion = `kustomize.config.k8s.io/${kind === "Component" ? "v1alpha1" : "v1beta1"}`;
  return { apiVersion, kind, ...fields };
}

function generatorOf(map: ConfigMapFiles, behavior?: "merge"): object {
  return {
    name: map.name,
    namespace: map.namespace,
    ...(behavior && { behavior }),
    files: map.files.map((file) => pathIn(map, file.name)),
    options: {
      // Prometheus reloads what changed in place, and a new name would restart it instead.
      ...(map.restarts !== true && { disableNameSuffixHash: true }),
      labels: map.labels,
      ...(map.annotations && { annotations: map.annotations }),
    },
  };
}

function configFilesOf(map: ConfigMapFiles): [string, string][] {
  return map.files.map((file) => [pathIn(map, file.name), textOf(file)]);
}

function pathIn({ folder }: ConfigMapFiles, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** `service.yaml`; with the object's name behind it where the component has several of one kind. */
function fileNameOf(object: KubernetesObject, component: string, all: readonly KubernetesObject[]): string {
  const { kind, metadata } = object;
  const alone = all.filter((other) => other.kind === kind).length === 1;
  const suffix = alone || metadata?.name === component ? "" : `-${metadata?.name}`;
  return `${kebab(kind)}${suffix}.yaml`;
}

function kebab(kind: string): string {
  return kind.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
}

/** @throws Error that names the generator and the object, when one is not valid. */
export function validate(object: KubernetesObject, source: string): void {
  try {
    object.validate();
  } catch (error) {
    const { kind, metadata } = object;
    throw new Error(`${source}: ${kind} ${metadata?.name}: ${error instanceof Error ? error.message : error}`);
  }
}
