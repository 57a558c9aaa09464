import { mkdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Files } from "../../../generators/lib/base.js";

/**
 * Writes the files that are not as they were, and removes those that are no more, with the folders that they leave empty.
 *
 * @returns their paths, in order
 */
export async function writeChanges(folder: string, before: Files, after: Files): Promise<readonly string[]> {
  const changed = [...after].filter(([path, text]) => before.get(path) !== text);
  const gone = [...before.keys()].filter((path) => !after.has(path));
  for (const path of gone) {
    await rm(join(folder, path), { force: true });
    await removeEmpty(folder, dirname(path));
  }
  for (const [path, text] of changed) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    // Whoever reads the file meanwhile sees the old one or the new one, never a part.
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  }
  return [...changed.map(([path]) => path), ...gone].sort();
}

async function removeEmpty(folder: string, path: string): Promise<void> {
  if (path === ".") return;
  try {
    await rmdir(join(folder, path));
  } catch {
    // Something else is still in it.
    return;
  }
  await removeEmpty(folder, dirname(path));
}
