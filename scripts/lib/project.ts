import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const own = fileURLToPath(import.meta.url);

/** Whether this runs out of the package. That is JavaScript; a checkout runs its TypeScript. */
export const isPackage = !own.endsWith(".ts");

/** The folder of plain-prometheus itself, with its tools/ and catalogues: the checkout, or the package in node_modules/. */
export const product = dirname(dirname(dirname(own)));

/** The root of the project that is worked on: the checkout; with the package, the folder of its user. */
export const root = isPackage ? projectAround(process.cwd()) : product;

/** Whether a folder has what a project has. */
export function isProject(folder: string): boolean {
  return ["settings.yaml", "base/kustomization.yaml"].some((path) => existsSync(join(folder, path)));
}

/** The nearest project: this folder or one above it; this one where there is none. */
export function projectAround(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (isProject(at)) return at;
    if (dirname(at) === at) return folder;
  }
}
