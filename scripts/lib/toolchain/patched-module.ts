import { chmod, copyFile, cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FamilyName, family } from "./families.js";
import { go, moduleFolder } from "./go.js";

/** The sources of a family's module, in Go's own cache: read-only. */
export async function moduleSource(name: FamilyName): Promise<string> {
  const { folder, module } = family(name);
  return JSON.parse(await go(moduleFolder(folder), ["mod", "download", "-json", module ?? ""])).Dir;
}

/**
 * Makes a copy of a family's module in `scratch`, and has `patch` change it: for what a release has and its Go module
 * does not ship.
 *
 * @returns the flags with which Go builds the family from that copy.
 */
export async function patchedModule(
  name: FamilyName,
  scratch: string,
  patch: (source: string) => Promise<void>,
): Promise<string[]> {
  const { folder, module } = family(name);
  const source = join(scratch, name);
  await copyWritable(await moduleSource(name), source);
  await patch(source);
  const modFile = join(scratch, "go.mod");
  const goMod = await readFile(join(moduleFolder(folder), "go.mod"), "utf8");
  await writeFile(modFile, `${goMod}\nreplace ${module} => ${source}\n`);
  await copyFile(join(moduleFolder(folder), "go.sum"), join(scratch, "go.sum"));
  return [`-modfile=${modFile}`];
}

/** Copies out of Go's cache, whose files and folders are read-only. */
export async function copyWritable(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(to, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isSymbolicLink()) await chmod(path, entry.isDirectory() ? 0o755 : 0o644);
  }
}
