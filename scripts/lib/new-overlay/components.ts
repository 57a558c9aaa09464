import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../project.js";

/** A Component that an overlay may list: a folder of `base/components/`. */
export interface Listed {
  readonly name: string;
  /** Other Components that it lists itself. */
  readonly includes: readonly string[];
  /** It puts a workload in the place of another one: what changes that workload has to be listed after it. */
  readonly replacesWorkloads: boolean;
  /** Names of its patches, which guard the order of Components among other things. */
  readonly patches: readonly string[];
  /** Components whose files it puts its own in the place of. */
  readonly changes: readonly string[];
  /** What it leaves to be filled in, such as a host; the API server refuses it until then. */
  readonly blanks: readonly string[];
}

/** What `base/` has to make an overlay of. */
export interface Bundle {
  readonly components: readonly Listed[];
  /** Folders of the core, such as `prometheus`. */
  readonly core: readonly string[];
  /** What Prometheus may see of other namespaces, with `namespaced-access`. */
  readonly access: readonly Access[];
}

/** A folder of `base/access/`: a Role in another namespace, and who has it. */
export interface Access {
  /** The job's name where it is for one that is a Component, else that of the namespace. */
  readonly folder: string;
  readonly binding: { readonly name: string; readonly namespace: string };
}

/** Reads what there is, so that a new Component can be chosen as soon as it is generated. */
export async function bundle(base = join(root, "base")): Promise<Bundle> {
  const names = await foldersOf(join(base, "components"));
  const { resources } = parse(await readFile(join(base, "kustomization.yaml"), "utf8")) as { resources: string[] };
  return {
    components: await Promise.all(names.map((name) => read(join(base, "components", name), name))),
    core: resources,
    access: await Promise.all((await foldersOf(join(base, "access"))).map((folder) => readAccess(base, folder))),
  };
}

async function readAccess(base: string, folder: string): Promise<Access> {
  const text = await readFile(join(base, "access", folder, "role-binding.yaml"), "utf8");
  const { name, namespace } = (parse(text) as { metadata: Access["binding"] }).metadata;
  return { folder, binding: { name, namespace } };
}

async function foldersOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** The guard of a file says who wrote what it replaces. */
const replaced = /- op: test\n +path: \S*only-one-component-replaces\S*\n +value: (\S+)/g;

/** Writers of files that are no Components. */
const others = { base: true, nobody: true };

async function read(folder: string, name: string): Promise<Listed> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".yaml"));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  const { components = [] } = parse(await readFile(join(folder, "kustomization.yaml"), "utf8")) as {
    components?: string[];
  };
  return {
    name,
    includes: components.map((path) => path.replace("../", "")),
    replacesWorkloads: texts.some(
      (text) => /^\$patch: delete$/m.test(text) && /^kind: (Deployment|StatefulSet)$/m.test(text),
    ),
    patches: files.flatMap((file) => /^patch-(.+)\.yaml$/.exec(file)?.[1] ?? []),
    changes: texts.flatMap((text) => [...text.matchAll(replaced)].flatMap(([, of = ""]) => (of in others ? [] : of))),
    blanks: [...new Set(texts.flatMap((text) => text.match(/<set [^>]+>/g) ?? []))],
  };
}

/** Names of platforms, which are Components `platform-<name>`. */
export function platformsOf({ components }: Bundle): string[] {
  return components.flatMap(({ name }) => (name.startsWith("platform-") ? name.slice("platform-".length) : []));
}

/** Whether the platform's Component switches on the job of kube-proxy. */
export function bringsKubeProxy({ components }: Bundle, platform: string): boolean {
  return components.some(({ name, includes }) => name === `platform-${platform}` && includes.includes("kube-proxy"));
}

/** Names of the features that can be listed as they are. */
export function featuresOf({ components }: Bundle): string[] {
  return components
    .filter(({ name, blanks }) => !name.startsWith("platform-") && blanks.length === 0)
    .map(({ name }) => name);
}

/**
 * The chosen Components in the order in which they build, with those for a meeting of two of them: a Component
 * `grafana-network-policies` comes with `grafana` and `network-policies`.
 */
export function inOrder(chosen: readonly string[], { components }: Bundle): string[] {
  const known = new Map(components.map((component) => [component.name, component]));
  const all = withIncluded(chosen, known);
  const meetings = [...all]
    .flatMap((one) => [...all].map((other) => `${one}-${other}`))
    .filter((name) => known.has(name));
  const patchesOf = (name: string) => [...withIncluded([name], known)].flatMap((one) => known.get(one)?.patches ?? []);
  const isJob = (name: string) => patchesOf(name).includes("jobs-added") || name.startsWith("platform-");
  const turn = (name: string): number => {
    if (known.get(name)?.replacesWorkloads) return 0;
    if (meetings.includes(name)) return isJob(name) ? 4 : 3;
    if (isJob(name)) return 4;
    if (known.get(name)?.changes.length) return 5;
    if (components.some((other) => other.patches.includes(`before-${name}`))) return 6;
    return patchesOf(name).includes("before-jobs") ? 1 : 2;
  };
  return [...new Set([...chosen, ...meetings])].sort().sort((one, other) => turn(one) - turn(other));
}

/** What Prometheus may see elsewhere that these Components ask for: a job's own only where the job is on. */
export function accessFor(chosen: readonly string[], { components, access }: Bundle): readonly Access[] {
  const known = new Map(components.map((component) => [component.name, component]));
  const all = withIncluded(chosen, known);
  return access.filter(({ folder }) => !known.has(folder) || all.has(folder));
}

function withIncluded(chosen: readonly string[], known: ReadonlyMap<string, Listed>): ReadonlySet<string> {
  const all = new Set<string>();
  const add = (name: string): void => {
    all.add(name);
    for (const included of known.get(name)?.includes ?? []) add(included);
  };
  for (const name of chosen) add(name);
  return all;
}
