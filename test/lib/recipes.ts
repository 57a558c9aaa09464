import { existsSync } from "node:fs";
import { cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { generated, writeBase } from "../../scripts/lib/generate.js";
import { ownFolders } from "../../scripts/lib/own-folders.js";
import { root } from "../../scripts/lib/project.js";
import { readSettings } from "../../scripts/lib/settings.js";

/** From the root of the project. */
export const recipesFolder = "docs/recipes";

/** What of a recipe belongs to the root of a project, where `npm run generate` reads it. */
const read = ["settings.yaml", ...ownFolders];

/** Names of all recipes, sorted. */
export async function recipeNames(): Promise<readonly string[]> {
  const entries = await readdir(join(root, recipesFolder), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Whether a recipe changes what is generated. */
export function changesBase(name: string): boolean {
  return read.some((path) => existsSync(join(root, recipesFolder, name, path)));
}

/** Whether a recipe is an overlay. */
export function isOverlay(name: string): boolean {
  return existsSync(join(root, recipesFolder, name, "kustomization.yaml"));
}

/**
 * Makes a project like that of somebody who took over recipes: overlays/ and the recipes as they are, and base/ as their settings
 * and files give it.
 *
 * @returns the folder to build: that of the last recipe that is an overlay, or overlays/devbox where none is
 */
export async function withRecipes(project: string, names: readonly string[]): Promise<string> {
  await mkdir(project, { recursive: true });
  for (const folder of ["overlays", ...names.map((name) => `${recipesFolder}/${name}`)])
    await cp(join(root, folder), join(project, folder), { recursive: true });
  for (const name of names)
    for (const path of read.filter((path) => existsSync(join(root, recipesFolder, name, path))))
      await cp(join(root, recipesFolder, name, path), join(project, path), { recursive: true });
  await writeBase(project, () => generated(project, readSettings(join(project, "settings.yaml"))));
  const last = names.filter(isOverlay).at(-1);
  return join(project, last === undefined ? "overlays/devbox" : `${recipesFolder}/${last}`);
}
