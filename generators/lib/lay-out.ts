import { bundleVersion } from "../versions.js";
import type { Base, Component, ConfigMapFiles, KubernetesObject, Rewrite } from "./base-and-component.js";
import { textOf } from "./base-and-component.js";
import { because } from "./because.js";
import { earlierThan, guardOf, listedBefore, manyWriters, mostNames, neededBy, withIncluded } from "./listing.js";
import type { Operation, Patch } from "./patch.js";
import { generatedYaml } from "./text.js";

/** Text of each file of `base/`, by its path below it. */
export type Files = ReadonlyMap<string, string>;

/**
 * Lays bases and Components out for Kustomize: one folder each, one file per object, config files as they are, and a
 * kustomization.yaml that lists them.
 *
 * @param source the generator that names the bases, for the header of the topmost kustomization.yaml
 * @param apart bases that the topmost kustomization.yaml leaves out: an overlay lists them where it wants them
 * @throws Error that names the object, when one is not valid or two would share a file.
 */
export function layOut(
  source: string,
  bases: readonly Base[],
  components: readonly Component[],
  apart: readonly Base[] = [],
): Files {
  const files = new Map<string, string>();
  const add = (path: string, text: string) => {
    if (files.has(path)) throw new Error(`two generators write base/${path}`);
    files.set(path, text);
  };
  for (const base of [...bases, ...apart]) {
    for (const [path, text] of folderOf(base)) add(`${base.name}/${path}`, text);
  }
  for (const component of components) {
    for (const [path, text] of componentFolderOf(component, components)) {
      add(`components/${component.name}/${path}`, text);
    }
  }
  const resources = bases.map(({ name }) => name);
  const top = kustomization("Kustomization", { resources });
  add("kustomization.yaml", generatedYaml(source, top, `plain-prometheus ${bundleVersion}`));
  return files;
}

function folderOf({ name, about, source, objects, configMaps = [] }: Base): [string, string][] {
  const manifests = manifestsOf(objects, name, source);
  const fields = {
    resources: manifests.map(([path]) => path),
    ...(configMaps.length > 0 && { configMapGenerator: configMaps.map((map) => generatorOf(map)) }),
  };
  return [
    ["kustomization.yaml", generatedYaml(source, kustomization("Kustomization", fields), about)],
    ...manifests,
    ...configMaps.flatMap(configFilesOf),
  ];
}

function componentFolderOf(component: Component, all: readonly Component[]): [string, string][] {
  const {
    name,
    source,
    includes = [],
    objects = [],
    configMaps = [],
    adds = [],
    replaces = [],
    patches = [],
    rewrites = [],
  } = component;
  const manifests = manifestsOf(objects, name, source);
  // A job that is off has no file.
  const merged = [...adds, ...replaces]
    .filter(({ files }) => files.length > 0)
    .map((map) => signed(map, component, all));
  const copied = rewrites.filter(({ copy }) => copy !== undefined);
  const own = [
    ...configMaps,
    ...(rewrites.length > 0 ? [textsOf(component)] : []),
    ...(copied.length > 0 ? [keptOf(component)] : []),
  ];
  const maps = [...own, ...merged];
  const guard = guardOf(component, all);
  const fields = {
    ...(includes.length > 0 && { components: includes.map((other) => `../${other}`) }),
    ...(manifests.length > 0 && { resources: manifests.map(([path]) => path) }),
    ...(maps.length > 0 && {
      configMapGenerator: [...own.map((map) => generatorOf(map)), ...merged.map((map) => generatorOf(map, "merge"))],
    }),
    ...(rewrites.length > 0 && {
      replacements: [
        ...copiesOf(copied, name, all),
        ...rewrites
          .filter(({ copy }) => copy === undefined)
          .flatMap((rewrite) => [...filling(rewrite, name), replacementOf(rewrite, name, all)]),
      ],
    }),
    ...((patches.length > 0 || guard) && {
      patches: [
        ...patches.map((patch) => ({
          path: patchFile(patch),
          ...(patch.target && { target: patch.target }),
          ...(renames(patch) && { options: { allowNameChange: true } }),
        })),
        ...(guard ? [{ target: guard.target, patch: guard.operations.map(line).join("\n") }] : []),
      ],
    }),
  };
  return [
    ["kustomization.yaml", generatedYaml(source, kustomization("Component", fields), describe(component, all))],
    ...manifests,
    ...maps.flatMap(configFilesOf),
    ...patches.map((patch): [string, string] => [
      patchFile(patch),
      generatedYaml(source, "merge" in patch ? patch.merge : patch.operations),
    ]),
  ];
}

/** Whether a patch gives what it changes another name: its own. A target's name is a regular expression. */
function renames(patch: Patch): boolean {
  if (!("merge" in patch) || patch.target === undefined) return false;
  return !new RegExp(`^(${patch.target.name})$`).test(patch.merge.metadata.name);
}

/** A merge that says on the ConfigMap which Component wrote a file, where a later one rewrites it. */
function signed(map: ConfigMapFiles, { name }: Component, all: readonly Component[]): ConfigMapFiles {
  const rewritten = all.flatMap(({ rewrites = [] }) => rewrites).filter((rewrite) => rewrite.map === map.name);
  const own = map.files.filter((file) => rewritten.some((rewrite) => rewrite.file === file.name));
  if (own.length === 0) return map;
  const writers = Object.fromEntries(own.map((file) => [writerOf(file.name), name]));
  return { ...map, annotations: { ...map.annotations, ...writers } };
}

/** The annotation that says which Component wrote a file. */
function writerOf(file: string): string {
  return `plain-prometheus/${file}`;
}

/** The ConfigMap out of which a Component rewrites files: Kustomize reads it while it builds, and leaves it out. */
function textsOf({ name, rewrites = [] }: Pick<Component, "name" | "rewrites">): ConfigMapFiles {
  return {
    name,
    namespace: "default",
    labels: {},
    annotations: { "config.kubernetes.io/local-config": "true" },
    folder: "",
    // Several files may get one text.
    files: [...new Map(rewrites.map(({ text }) => [text.name, text])).values()],
  };
}

/** The ConfigMap that keeps the files of another one while that is rewritten for its copies. */
function keptOf({ name }: Component): ConfigMapFiles {
  return textsOf({ name: keptBy(name), rewrites: [] });
}

function keptBy(component: string): string {
  return `${component}-kept`;
}

/**
 * Each copy in turn: a ConfigMap is rewritten, copied and put back. Only it says who wrote its files, in annotations. These
 * cannot be copied: Kustomize keeps among them what the ConfigMap was called before, and would take a copy for it.
 */
function copiesOf(rewrites: readonly Rewrite[], component: string, all: readonly Component[]): object[] {
  const copies = [...new Map(rewrites.map(({ map, copy = map }) => [copy, map]))];
  const kept = keptBy(component);
  return copies.flatMap(([copy, map]) => [
    filesInto(map, kept),
    ...rewrites.filter((one) => one.copy === copy).map((one) => replacementOf(one, component, all)),
    filesInto(map, copy),
    filesInto(kept, map),
  ]);
}

function filesInto(from: string, to: string): object {
  return {
    source: { kind: "ConfigMap", name: from, fieldPath: "data" },
    targets: [{ select: { kind: "ConfigMap", name: to }, fieldPaths: ["data"], options: { create: true } }],
  };
}

/**
 * One rewrite as Kustomize says it. Behind a text goes what would be its line past the last one.
 * Source: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replacements/
 */
function replacementOf(
  { map, file, place, text, writer }: Rewrite,
  component: string,
  all: readonly Component[],
): object {
  const optional = all.some(({ adds = [] }) =>
    adds.some(({ name, files }) => name === map && files.some((added) => added.name === file)),
  );
  const wanted = [
    ...(optional ? [writerOf(file)] : []),
    ...(writer === undefined
      ? []
      : "is" in writer
        ? [`${writerOf(file)}=${writer.is}`]
        : writer.isNot.map((other) => `${writerOf(file)}!=${other}`)),
  ];
  const line = place === "behind" ? 1_000_000 : place === "instead" ? undefined : place.line;
  return {
    source: { kind: "ConfigMap", name: component, fieldPath: `data.[${keyOf(text.name)}]` },
    targets: [
      {
        select: {
          kind: "ConfigMap",
          name: map,
          ...(wanted.length > 0 && { annotationSelector: wanted.join(",") }),
        },
        fieldPaths: [`data.[${file}]`],
        ...(line !== undefined && { options: { delimiter: "\n", index: line } }),
      },
    ],
  };
}

/** What an overlay says, put into a text before that goes anywhere. */
function filling({ text, filledFrom }: Rewrite, component: string): object[] {
  if (filledFrom === undefined) return [];
  return [
    {
      source: { kind: "ConfigMap", name: filledFrom.map, fieldPath: `data.${filledFrom.key}` },
      targets: [
        {
          select: { kind: "ConfigMap", name: component },
          fieldPaths: [`data.[${keyOf(text.name)}]`],
          options: { delimiter: '"', index: 1 },
        },
      ],
    },
  ];
}

/** The key of a file in a ConfigMap, which has no folders. */
function keyOf(path: string): string {
  return path.replaceAll("/", ".");
}

/** What a Component does, and where an overlay may list it. */
export function describe(component: Component, all: readonly Component[]): string {
  const own = withIncluded(component, all).map(({ name }) => name);
  const needed = neededBy(component, all);
  const { about, with: meeting = [] } = component;
  const apart = all.flatMap((other) => {
    const isOwn = own.includes(other.name);
    if (isOwn) return Object.keys(other.excludes ?? {});
    return own.some((name) => name in (other.excludes ?? {})) ? other.name : [];
  });
  const writers = manyWriters(component, all);
  const earlier = listedBefore(component, all).filter((name) => !needed.includes(name) && !writers.includes(name));
  const later = all
    .filter((other) => earlierThan(other, all).some((name) => own.includes(name)) && !own.includes(other.name))
    .map(({ name }) => name);
  return [
    about,
    ...(meeting.some((name) => !needed.includes(name)) ? [`List it where ${inWords(meeting)} are listed.`] : []),
    ...(apart.length > 0 ? [`Not beside: ${[...new Set(apart)].join(", ")}.`] : []),
    ...(needed.length > 0 ? [`It needs ${inWords(needed)} before it.`] : []),
    ...(earlier.length > 0 ? [`List it after: ${earlier.join(", ")}.`] : []),
    ...(writers.length > 0 ? ["List it after every Component that brings or replaces a file which it rewrites."] : []),
    // Where more come behind it, each of them says so itself.
    ...(later.length > 0 && later.length <= mostNames ? [`List it before: ${later.join(", ")}.`] : []),
  ].join(" ");
}

function inWords(names: readonly string[]): string {
  return names.join(" and ");
}

/** One step of a patch as one line of YAML. */
function line(operation: Operation): string {
  const fields = Object.entries(operation).map(([key, value]) => `${key}: ${value}`);
  return `- { ${fields.join(", ")} }`;
}

function manifestsOf(objects: readonly KubernetesObject[], folder: string, source: string): [string, string][] {
  return objects.map((object) => {
    validate(object, source);
    return [fileNameOf(object, folder, objects), generatedYaml(source, object.toJSON(), object.about, object.written)];
  });
}

function patchFile({ name }: Patch): string {
  return `patch-${name}.yaml`;
}

const whyNames =
  "What pods take over in place keeps its name: another one would restart them. A hash in the name restarts those that read it only when they start.";

function kustomization(kind: "Kustomization" | "Component", fields: object): object {
  const apiVersion = `kustomize.config.k8s.io/${kind === "Component" ? "v1alpha1" : "v1beta1"}`;
  return because<Record<string, unknown>>({ apiVersion, kind, ...fields }, { configMapGenerator: whyNames });
}

function generatorOf(map: ConfigMapFiles, behavior?: "merge"): object {
  return {
    name: map.name,
    namespace: map.namespace,
    ...(behavior && { behavior }),
    files: map.files.map((file) => listed(pathIn(map, file.name), file.name)),
    options: {
      ...(map.restarts !== true && { disableNameSuffixHash: true }),
      labels: map.labels,
      ...(map.annotations && { annotations: map.annotations }),
    },
  };
}

/** A file as a generator lists it: by its path, with its key where that is not the last part of the path. */
function listed(path: string, name: string): string {
  return name.includes("/") ? `${keyOf(name)}=${path}` : path;
}

function configFilesOf(map: ConfigMapFiles): [string, string][] {
  return map.files.map((file) => [pathIn(map, file.name), textOf(file)]);
}

function pathIn({ folder }: ConfigMapFiles, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** `service.yaml`; with the object's name behind it where the folder has several of one kind. */
function fileNameOf(object: KubernetesObject, folder: string, all: readonly KubernetesObject[]): string {
  const { kind, metadata } = object;
  const alone = all.filter((other) => other.kind === kind).length === 1;
  const suffix = alone || metadata?.name === folder ? "" : `-${metadata?.name}`;
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
