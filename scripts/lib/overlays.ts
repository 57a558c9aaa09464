import { existsSync, statSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import { root } from "./project.js";

/** The names under which Kustomize finds its file in a folder. */
const fileNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** One kustomization, as far as it says where what it renders comes from. */
export interface Kustomization {
  /** Absolute. */
  readonly folder: string;
  /** Absolute. */
  readonly file: string;
  /** What it says; undefined where that is no YAML, which Kustomize will say better. */
  readonly content: KustomizationContent | undefined;
  /** Whether a generator wrote it, and the files beside it. */
  readonly isGenerated: boolean;
}

/** Source: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/ */
interface KustomizationContent {
  readonly kind?: string;
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly namespace?: string;
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly patches?: readonly {
    readonly path?: string;
    readonly patch?: string;
    readonly target?: { readonly name?: string };
  }[];
  readonly configMapGenerator?: readonly {
    readonly name?: string;
    readonly behavior?: string;
    readonly files?: readonly string[] | null;
  }[];
  readonly replacements?: readonly {
    readonly source?: { readonly name?: string; readonly fieldPath?: string };
    readonly targets?: readonly {
      readonly select?: { readonly name?: string };
      readonly fieldPaths?: readonly string[];
    }[];
  }[];
}

/** The overlays that there are below overlays/, and what there is that is none. */
interface FoundOverlays {
  /** From the root of the project, sorted. */
  readonly overlays: readonly string[];
  /** Folders that are looked at only as a part of an overlay, and by which. */
  readonly parts: ReadonlyMap<string, string>;
  /** Components and folders without a kustomization that no overlay uses, from the root of the project. */
  readonly unused: readonly string[];
}

/**
 * Finds the overlays. What is directly below overlays/ is one; so is a deeper folder, unless another one uses it: then it
 * is looked at through that one, as it is applied.
 */
export async function findOverlays(folder = join(root, "overlays")): Promise<FoundOverlays> {
  const entries = existsSync(folder) ? await readdir(folder, { recursive: true, withFileTypes: true }) : [];
  const folders = entries
    .filter((entry) => !entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    // What a killed new-overlay had begun.
    .filter((path) => !/(^|\/)\.new-/.test(relative(folder, path)));
  const found = (await Promise.all(folders.map(readKustomization))).filter((one) => one !== undefined);
  const users = new Map(found.flatMap((user) => usedBy(user).map((used) => [used, user.folder] as const)));
  const isComponent = ({ content }: Kustomization) => content?.kind === "Component";
  const byFolder = new Map(found.map((one) => [one.folder, one]));
  const reached = new Set<string>();
  const reach = (one: Kustomization) => {
    if (reached.has(one.folder)) return;
    reached.add(one.folder);
    for (const used of usedBy(one).flatMap((path) => byFolder.get(path) ?? [])) reach(used);
  };
  const isRoot = (one: Kustomization) =>
    !isComponent(one) && (dirname(one.folder) === folder || !users.has(one.folder));
  found.filter(isRoot).forEach(reach);
  // What only uses itself, in a circle, is nobody's part: Kustomize says of it what is wrong.
  const isOverlay = (one: Kustomization) => isRoot(one) || (!isComponent(one) && !reached.has(one.folder));
  const without = folders.filter(
    (path) =>
      dirname(path) === folder && !found.some((one) => one.folder === path || one.folder.startsWith(`${path}/`)),
  );
  return {
    overlays: found
      .filter(isOverlay)
      .map((one) => nameOf(one.folder))
      .sort(),
    parts: new Map(
      found
        .filter((one) => !isOverlay(one) && users.has(one.folder))
        .map((one) => [nameOf(one.folder), nameOf(users.get(one.folder) ?? "")]),
    ),
    unused: [
      ...found.filter((one) => isComponent(one) && !users.has(one.folder)).map((one) => one.folder),
      ...without,
    ].map(nameOf),
  };
}

/** The overlays that there are, from the root of the project. */
export async function allOverlays(): Promise<readonly string[]> {
  return (await findOverlays()).overlays;
}

/**
 * The folder of an overlay as somebody named it: from the folder in which npm was called, or from the root of the project;
 * its kustomization itself means its folder too.
 */
export function overlayFolder(named: string): string {
  const path = fileNames.includes(basename(named)) ? dirname(named) : named;
  const candidates = [process.env.INIT_CWD ?? process.cwd(), root].map((from) => resolve(from, path));
  return candidates.find((folder) => kustomizationFile(folder) !== undefined) ?? resolve(root, path);
}

/** How messages name a folder or file: from the root of the project where it is in there, else absolute. */
export function nameOf(path: string): string {
  const name = relative(root, path);
  return name === "" ? "." : name.startsWith("..") ? path : name;
}

/** Kustomize's file in a folder; undefined where there is none. */
export function kustomizationFile(folder: string): string | undefined {
  return fileNames.map((name) => join(folder, name)).find(isFile);
}

/** Whether something is there to be read, and is no folder. */
function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** Every kustomization that one in a folder consists of, itself first, each once, in the order in which Kustomize reads them. */
export async function readKustomizations(folder: string): Promise<readonly Kustomization[]> {
  const read = new Map<string, Kustomization>();
  const add = async (at: string): Promise<void> => {
    if (read.has(at)) return;
    const one = await readKustomization(at);
    if (one === undefined) return;
    read.set(at, one);
    for (const next of usedBy(one)) await add(next);
  };
  await add(resolve(folder));
  return [...read.values()];
}

async function readKustomization(folder: string): Promise<Kustomization | undefined> {
  const file = kustomizationFile(folder);
  if (file === undefined) return undefined;
  const text = await readFile(file, "utf8");
  // Whoever copied a generated one into overlays/ has copied its header too.
  const isGenerated = text.startsWith("# Generated by ") && !folder.startsWith(join(root, "overlays/"));
  return { folder, file, isGenerated, content: contentOf(text) };
}

/** Of several documents Kustomize reads the first. */
function contentOf(text: string): KustomizationContent | undefined {
  const [first] = parseAllDocuments(text);
  return first?.errors.length === 0 ? ((first.toJS() ?? undefined) as KustomizationContent | undefined) : undefined;
}

/** Everything that it takes from elsewhere in the file system, absolute. */
export function usedBy({ folder, content }: Kustomization): string[] {
  return [content?.resources, content?.components]
    .flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))
    .filter((path) => typeof path === "string")
    .map((path) => resolve(folder, path));
}

/** A file that a kustomization puts into a ConfigMap. */
export interface GeneratedFile {
  /** Name of the ConfigMap, as the kustomization says it. */
  readonly map: string;
  readonly key: string;
  /** Absolute; the file is there. */
  readonly path: string;
  readonly isGenerated: boolean;
}

/** The files of which a kustomization makes ConfigMaps. */
export function generatedFiles({ folder, content, isGenerated }: Kustomization): GeneratedFile[] {
  return (content?.configMapGenerator ?? []).flatMap(({ name = "", files }) =>
    (files ?? [])
      .map((entry) => (entry.includes("=") ? entry.split("=", 2) : [basename(entry), entry]))
      .map(([key = "", path = ""]) => ({ map: name, key, path: resolve(folder, path), isGenerated }))
      .filter(({ path }) => isFile(path)),
  );
}
