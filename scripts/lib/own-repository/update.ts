import { existsSync } from "node:fs";
import { cp, readFile, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { foreground } from "../child.js";
import { Failure } from "../failure.js";
import { product, root } from "../project.js";
import { withTemporaryFolder } from "../temporary-folder.js";
import { installPackages, keepTarball, kept } from "./index.js";

/**
 * Installs another version of the package, and lets that one go on with the update.
 *
 * @param version a file of the package, or a version that the registry has
 * @param options for the update that goes on
 * @returns its exit code
 */
export async function installed(version: string, options: readonly string[]): Promise<number> {
  return await withTemporaryFolder(async (folder) => {
    // What targets exposed in this version only this version knows.
    await cp(join(product, "metrics/catalogue"), folder, { recursive: true });
    await (/\.tgz$/.test(version) ? installFile(version) : installVersion(version));
    const program = join(root, "node_modules/plain-prometheus/dist/package/plain-prometheus.js");
    return await foreground(process.execPath, [program, "update", "--catalogues", folder, ...options], root, "inherit");
  });
}

async function installVersion(version: string): Promise<void> {
  if (!/^[\w.+-]+$/.test(version)) {
    throw new Failure(
      `${JSON.stringify(version)} is no version and no file of the package`,
      "such as 0.2.0, or ../plain-prometheus-0.2.0.tgz",
    );
  }
  await installPackages(root, ["--save-dev", "--save-exact", `plain-prometheus@${version}`]);
}

async function installFile(file: string): Promise<void> {
  const tarball = resolve(process.cwd(), file);
  if (!existsSync(tarball))
    throw new Failure(`there is no file ${file}`, "npm pack in a clone of plain-prometheus makes it");
  const name = basename(tarball);
  const isNew = !existsSync(join(root, kept, name));
  const before = await dependencyNow();
  const dependency = await keepTarball(root, tarball);
  try {
    await installPackages(root, ["--save-dev", `plain-prometheus@${dependency}`]);
  } catch (error) {
    if (isNew) await rm(join(root, kept, name), { force: true });
    throw error;
  }
  if (before?.startsWith(`file:${kept}/`) && before !== dependency) {
    await rm(join(root, before.slice("file:".length)), { force: true });
  }
}

/** What package.json says of this package. */
async function dependencyNow(): Promise<string | undefined> {
  const text = await readFile(join(root, "package.json"), "utf8").catch(() => "{}");
  const { devDependencies, dependencies } = JSON.parse(text) as Record<string, Record<string, string> | undefined>;
  return devDependencies?.["plain-prometheus"] ?? dependencies?.["plain-prometheus"];
}
