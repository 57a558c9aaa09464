import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../../scripts/lib/project.js";

/**
 * The licenses of the packages that went into a bundle, as they ask for it: name, version, and the text that they bring.
 *
 * @param inputs paths of the bundled files, from the root of the project
 */
export async function licenses(inputs: readonly string[]): Promise<string> {
  const folders = inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  const texts = [...new Set(folders)].sort().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(join(root, folder, "package.json"), "utf8"));
    const file = (await readdir(join(root, folder))).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? "" : `\n${(await readFile(join(root, folder, file), "utf8")).trim()}\n`;
    return `${name} ${version}: ${license}\n${text}`;
  });
  return ["What is bundled here of other packages, and the license of each.\n", ...(await Promise.all(texts))].join(
    "\n---\n\n",
  );
}
