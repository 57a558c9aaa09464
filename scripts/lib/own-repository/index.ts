import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { $ } from "zx";
import { bundleVersion } from "../../../generators/versions.js";
import { Failure } from "../failure.js";
import { writeBase } from "../generate.js";
import type { Offer } from "../new-overlay/components.js";
import type { Plan } from "../new-overlay/files.js";
import { type Begun, writeOverlay } from "../new-overlay/index.js";
import { product, root } from "../project.js";
import { firstFiles } from "./files.js";

/**
 * Sees that nothing is in a folder yet, other than what Git keeps.
 *
 * @throws Failure that names what is there.
 */
export async function requireEmpty(folder: string): Promise<void> {
  if (root !== folder) {
    throw new Failure(
      `${folder} is within ${root}, which is a repository of this kind`,
      "go to a folder outside of it",
    );
  }
  const there = (await readdir(folder)).filter((name) => name !== ".git");
  if (there.length === 0) return;
  const some = there.length > 4 ? `${there.slice(0, 4).join(", ")} and ${there.length - 4} more` : there.join(", ");
  throw new Failure(
    `${folder} is not empty: it has ${some}`,
    "go to an empty folder; one with nothing but .git is empty too",
  );
}

/**
 * Writes a repository into an empty folder: settings, base/, the first overlay, and what goes around them. Where something
 * fails, the folder is empty again.
 */
export async function beginRepository(folder: string, plan: Plan, offer: Offer): Promise<Begun> {
  try {
    const dependency = await takeAlong(folder);
    const files = firstFiles({ overlay: plan.name, dependency, version: bundleVersion });
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    await writeBase(folder);
    const { files: ofOverlay, before } = await writeOverlay(plan, offer, join(folder, "overlays"));
    return { files: [...files.keys(), "base/", ...ofOverlay], before };
  } catch (error) {
    for (const name of await readdir(folder)) {
      if (name !== ".git") await rm(join(folder, name), { recursive: true, force: true });
    }
    throw error;
  }
}

/** Installs what package.json says. @throws Failure with what npm said. */
export async function installPackages(folder: string, what: readonly string[] = []): Promise<void> {
  const args = ["install", "--no-audit", "--no-fund", "--prefer-offline", ...what];
  const { exitCode, stderr } = await $({ cwd: folder, quiet: true, nothrow: true })`npm ${args}`;
  if (exitCode !== 0)
    throw new Failure(`npm ${args.join(" ")} failed:\n${stderr.trim()}`, "correct that, and run it again");
}

/** Where a file of a package is kept, so that everybody who has the repository can install it. */
export const kept = "vendor";

/**
 * Puts a file of the package into the repository.
 *
 * @returns what package.json has to say of it
 */
export async function keepTarball(folder: string, tarball: string): Promise<string> {
  const path = `${kept}/${basename(tarball)}`;
  await mkdir(join(folder, kept), { recursive: true });
  if (resolve(tarball) !== join(folder, path)) await copyFile(tarball, join(folder, path));
  return `file:${path}`;
}

/** What package.json has to say of this package: it is where npm got it from. */
async function takeAlong(folder: string): Promise<string> {
  const resolved = await resolvedFrom();
  if (resolved?.startsWith("file:") && resolved.endsWith(".tgz")) {
    const tarball = resolve(dirname(dirname(product)), resolved.slice("file:".length));
    return await keepTarball(folder, tarball);
  }
  return bundleVersion;
}

/** As npm wrote it beside the packages that it installed; undefined where it did not install this one. */
async function resolvedFrom(): Promise<string | undefined> {
  const lock = await readFile(join(dirname(product), ".package-lock.json"), "utf8").catch(() => "{}");
  const { packages = {} } = JSON.parse(lock) as { packages?: Record<string, { resolved?: string } | undefined> };
  return packages["node_modules/plain-prometheus"]?.resolved;
}
