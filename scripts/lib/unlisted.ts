import { basename, dirname, join } from "node:path";
import { forComponents } from "../../generators/for-components.js";
import { overlayFolder, readKustomizations } from "./overlays.js";
import { root } from "./project.js";
import { placeOf, projectSettings } from "./settings.js";

/** Settings that only Components show which no overlay lists, a line for each. */
export async function unlistedSettings(overlays: readonly string[], settings = projectSettings()): Promise<string[]> {
  const shown = forComponents(settings);
  if (shown.length === 0) return [];
  const read = await Promise.all(overlays.map((overlay) => readKustomizations(overlayFolder(overlay))));
  const folder = join(root, "base/components");
  const listed = new Set(read.flat().flatMap((one) => (dirname(one.folder) === folder ? basename(one.folder) : [])));
  return shown
    .filter(({ components }) => !components.some((name) => listed.has(name)))
    .map(({ path, components }) => {
      const names = components.map((name) => `components/${name}`).join(", ");
      return `${placeOf(path)}: ${path.join(".")} changes nothing yet: it is for ${names}, which no overlay lists`;
    });
}
