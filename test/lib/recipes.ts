import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { generated, writeBase } from "../../scripts/lib/generate.js";
import { ownFolders } from "../../scripts/lib/own-folders.js";
import { root } from "../../scripts/lib/project.js";
import { readSettings } from "../../scripts/lib/settings.js";

/** From the root of the project. */
export const recipesFolder = "docs/recipes";

const settingsName = "settings.yaml";

/** Names of all recipes, sorted. */
export async function recipeNames(): Promise<readonly string[]> {
  const entries = await readdir(join(root, recipesFolder), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

const has = (name: string, path: string) => existsSync(join(root, recipesFolder, name, path));

/** Whether a recipe changes what is generated. */
export function changesBase(name: string): boolean {
  return [settingsName, ...ownFolders].some((path) => has(name, path));
}

/** Whether a recipe is an overlay. */
export function isOverlay(name: string): boolean {
  return has(name, "kustomization.yaml");
}

/**
 * Makes a project like that of somebody who took over recipes: overlays/ as they are, base/ as the recipes' settings and files
 * give it, and each overlay of a recipe over the one before.
 *
 * @param overlays - the recipes whose overlays are taken over, too
 * @returns the folder to build: the last overlay of a recipe, or overlays/devbox where there is none
 */
export async function withRecipes(
  project: string,
  names: readonly string[],
  overlays = names.filter(isOverlay),
): Promise<string> {
  await mkdir(project, { recursive: true });
  await cp(join(root, "overlays"), join(project, "overlays"), { recursive: true });
  let settings: object = {};
  for (const name of names) {
    const recipe = join(root, recipesFolder, name);
    if (has(name, settingsName)) settings = merged(settings, parse(await readFile(join(recipe, settingsName), "utf8")));
    for (const folder of ownFolders.filter((folder) => has(name, folder)))
      await cp(join(recipe, folder), join(project, folder), { recursive: true });
  }
  await writeFile(join(project, settingsName), stringify(settings));
  await writeBase(project, () => generated(readSettings(join(project, settingsName)), project));
  let below = "../../../overlays/devbox";
  for (const name of overlays) {
    const folder = join(project, recipesFolder, name);
    await cp(join(root, recipesFolder, name), folder, { recursive: true });
    const kustomization = join(folder, "kustomization.yaml");
    await writeFile(kustomization, (await readFile(kustomization, "utf8")).replace("../../../overlays/devbox", below));
    below = `../${name}`;
  }
  const last = overlays.at(-1);
  return join(project, last === undefined ? "overlays/devbox" : `${recipesFolder}/${last}`);
}

function merged(one: object, other: object): object {
  const both = Object.entries(other).map(([key, value]) => {
    const there = (one as Record<string, unknown>)[key];
    const maps = [there, value].every((side) => typeof side === "object" && side !== null && !Array.isArray(side));
    return [key, maps ? merged(Object(there), Object(value)) : value];
  });
  return { ...one, ...Object.fromEntries(both) };
}
