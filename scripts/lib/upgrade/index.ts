import { readFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { glob } from "zx";
import { jsonSchemaFile } from "../../../generators/json-schema.js";
import type { JobCatalogue } from "../../../metrics/catalogue/types.js";
import { copiesIn } from "../copies.js";
import { Failure } from "../failure.js";
import { findOverlays } from "../overlays.js";
import { isPackage, root } from "../project.js";
import { readCatalogues } from "../read-catalogues.js";
import { render } from "../render.js";
import type { Rendered } from "../rendered/objects.js";
import { connectionsOf, permissionsOf } from "./access.js";
import { changedImages, type ImageChange, imagesBelow } from "./images.js";
import { changedObjects, type ObjectChanges } from "./objects.js";
import { changedPods, type PodsChange } from "./pods.js";
import { changedMonitoring, type Difference, difference, type MonitoringChange, monitoringOf } from "./series.js";
import { changedSettings, type SettingChange } from "./settings.js";
import { type Commit, commitOf, textOf, withTree } from "./tree.js";

/** What lies between two commits for those who have the older one in their clusters. */
export interface UpgradeReport {
  readonly old: Commit;
  /** Absent: what is in the folder, committed or not. */
  readonly new?: Commit;
  /** Settings that are not what they were. */
  readonly settings: readonly SettingChange[];
  /** Copies of files of base/ that overlays in the folder have, and what changed since they were made: a sentence each. */
  readonly copies: readonly string[];
  readonly images: readonly ImageChange[];
  /** Overlays that one of the two commits does not have. */
  readonly overlays: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** The overlays that both have. */
  readonly upgrades: readonly Upgrade[];
}

/** What an upgrade means for one overlay. */
export interface Upgrade {
  /** The overlay's folder, from the root of the project. */
  readonly overlay: string;
  readonly objects: ObjectChanges;
  readonly pods: readonly PodsChange[];
  /** What accounts may do. */
  readonly permissions: Difference;
  /** What NetworkPolicies let through. */
  readonly connections: Difference;
  readonly monitoring: MonitoringChange;
}

/** What one commit gives. */
interface Side {
  readonly overlays: ReadonlyMap<string, Rendered>;
  readonly images: ReadonlyMap<string, string>;
  readonly catalogues: ReadonlyMap<string, JobCatalogue>;
  /** Texts of the files of that commit; empty where it has none. */
  readonly schema: string;
  readonly settings: string;
  readonly copies: readonly string[];
}

const folders = ["base", "overlays"];
/** Where commits have their catalogues; up to 0.1 it was below generators/. */
const catalogues = "*/catalogue/*.json";

/** What else is known beside two refs. */
interface ReportOptions {
  /** Folder of the Git repository. */
  readonly repository?: string;
  /** What targets expose in the older version, by job, where the older commit has no catalogues. */
  readonly before?: ReadonlyMap<string, JobCatalogue>;
}

/**
 * Compares two commits by what their overlays render; nothing of the checkout is read or changed.
 *
 * @param newRef - undefined: what is in the folder, committed or not
 * @throws Failure that names the commit when there is no such one, or an overlay of it does not build.
 */
export async function upgradeReport(
  oldRef: string,
  newRef: string | undefined,
  { repository = root, before: known }: ReportOptions = {},
): Promise<UpgradeReport> {
  const old = await commitOf(oldRef, repository);
  const now = newRef === undefined ? undefined : await commitOf(newRef, repository);
  const [before, after] = await Promise.all([
    sideOf(old, repository, known),
    now === undefined ? sideOfFolder(repository) : sideOf(now, repository),
  ]);
  const only = (one: Side, other: Side) => [...one.overlays.keys()].filter((overlay) => !other.overlays.has(overlay));
  return {
    old,
    ...(now !== undefined && { new: now }),
    settings: changedSettings(before.schema, after.schema, after.settings),
    copies: after.copies,
    images: changedImages(before.images, after.images),
    overlays: { added: only(after, before), removed: only(before, after) },
    upgrades: [...before.overlays].flatMap(([overlay, rendered]) => {
      const other = after.overlays.get(overlay);
      return other === undefined ? [] : [upgradeOf(overlay, [rendered, before], [other, after])];
    }),
  };
}

/** Whether something has to be deleted before the new version can be applied. */
export function needsDelete({ upgrades }: UpgradeReport): boolean {
  return upgrades.some(({ objects }) => objects.changed.some(({ refused }) => refused !== undefined));
}

function upgradeOf(overlay: string, [old, before]: [Rendered, Side], [now, after]: [Rendered, Side]): Upgrade {
  const objects = changedObjects(old.objects, now.objects);
  return {
    overlay,
    objects,
    pods: changedPods(old.objects, now.objects, objects.changed),
    permissions: difference(permissionsOf(old.objects), permissionsOf(now.objects)),
    connections: difference(connectionsOf(old.objects), connectionsOf(now.objects)),
    monitoring: changedMonitoring(
      monitoringOf(old.objects, before.catalogues),
      monitoringOf(now.objects, after.catalogues),
    ),
  };
}

async function sideOf(commit: Commit, repository: string, known?: ReadonlyMap<string, JobCatalogue>): Promise<Side> {
  // A user's repository has none: they are the package's.
  const paths = isPackage ? folders : [...folders, catalogues];
  return await withTree(
    commit,
    paths,
    async (tree) => ({
      ...(await sideBelow(tree, (overlay) => renderOf(commit, tree, overlay))),
      catalogues: known ?? (isPackage ? await readCatalogues() : await cataloguesOf(tree)),
      schema: await textOf(commit, jsonSchemaFile, repository),
      settings: await textOf(commit, "settings.yaml", repository),
      copies: [],
    }),
    repository,
  );
}

/** What is in the folder now. */
async function sideOfFolder(repository: string): Promise<Side> {
  const read = (path: string) => readFile(join(repository, path), "utf8").catch(() => "");
  const below = await sideBelow(repository, (overlay) => render(join(repository, overlay)));
  const kustomizations = [...below.overlays.values()].flatMap(({ kustomizations = [] }) => kustomizations);
  return {
    ...below,
    copies: await copiesIn(kustomizations, repository),
    catalogues: isPackage ? await readCatalogues() : await cataloguesOf(repository),
    schema: await read(jsonSchemaFile),
    settings: await read("settings.yaml"),
  };
}

async function sideBelow(
  tree: string,
  renderOne: (overlay: string) => Promise<Rendered>,
): Promise<Pick<Side, "overlays" | "images">> {
  const overlays = new Map<string, Rendered>();
  for (const folder of (await findOverlays(join(tree, "overlays"))).overlays) {
    const overlay = relative(tree, resolve(root, folder));
    overlays.set(overlay, await renderOne(overlay));
  }
  return { overlays, images: await imagesBelow(tree, folders) };
}

async function renderOf({ ref }: Commit, tree: string, overlay: string): Promise<Rendered> {
  try {
    return await render(join(tree, overlay));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(`${ref}: ${error.message.replaceAll(`${tree}/`, "")}`, "compare commits that build");
  }
}

async function cataloguesOf(tree: string): Promise<ReadonlyMap<string, JobCatalogue>> {
  const files = await glob(catalogues, { cwd: tree, absolute: true });
  return new Map(
    await Promise.all(
      files.map(async (file) => [basename(file, ".json"), JSON.parse(await readFile(file, "utf8"))] as const),
    ),
  );
}
