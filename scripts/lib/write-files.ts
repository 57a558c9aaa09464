import { mkdirSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/**
 * Puts files in the place of a folder and of all that is in it. The new one is complete before the old one goes, so that
 * a full disk leaves the old one as it was.
 *
 * @param files text by path below the folder
 */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  // Beside the target, because only within one filesystem is a rename atomic.
  const scratch = await mkdtemp(`${folder}.new-`);
  try {
    const fresh = join(scratch, "fresh");
    await mkdir(fresh);
    // To hand a small file to another thread takes longer than to write it.
    for (const path of new Set([...files.keys()].map(dirname))) mkdirSync(join(fresh, path), { recursive: true });
    for (const [path, text] of files) writeFileSync(join(fresh, path), text);
    await rename(folder, join(scratch, "old")).catch(ignoreMissing);
    await rename(fresh, folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The text of every file below a folder, by its path there; none where there is no such folder. */
export async function textsBelow(target: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(target, { recursive: true, withFileTypes: true }).catch((error) => {
    ignoreMissing(error);
    return [];
  });
  const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      paths.map(async (path): Promise<[string, string]> => [relative(target, path), await readFile(path, "utf8")]),
    ),
  );
}

/** Goes on where a file or folder is not there. @throws what else is wrong. */
export function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
}
