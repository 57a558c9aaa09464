import { existsSync } from "node:fs";
import { join } from "node:path";
import { cached, cachedFolder } from "../cache.js";
import { findCommand } from "../debian.js";
import { Failure } from "../failure.js";
import { isPackage } from "../project.js";
import { build, buildKey } from "./build.js";
import { type FamilyName, families, family, familyOf, type ToolName } from "./families.js";
import { installed } from "./installed.js";
import { pinnedVersion } from "./versions.js";

export type { FamilyName, ToolName } from "./families.js";

/**
 * The programs of the toolchain: built from source on first use, then out of the user's cache. What checks overlays is taken out
 * of PATH where it has the pinned version.
 */
export const toolchain = {
  /**
   * The absolute path of a program.
   *
   * @throws Failure when Go is missing or too old, the disk is full, or the build fails.
   */
  async tool(name: ToolName): Promise<string> {
    const path = await installed(name);
    if (path !== undefined) return path;
    const wanted = familyOf(name);
    await requireGo([name]);
    await queued([wanted]);
    return join(cachedFolder(wanted, await keyOf(wanted)), name);
  },

  /** Builds what is not built yet of all these, one family after the other, and counts them for the user. */
  async provide(names: readonly ToolName[]): Promise<void> {
    const paths = await Promise.all(names.map(installed));
    const missing = names.filter((_, index) => paths[index] === undefined);
    await requireGo(missing);
    await queued([...new Set(missing.map(familyOf))]);
  },

  /** Builds whatever the live tests need and is not built yet. */
  async provideAll(): Promise<void> {
    await queued((Object.keys(families) as FamilyName[]).filter((name) => !family(name).onDemand));
  },

  /** The version of a program, which its own output must say too: `1.37.2`. */
  async version(name: ToolName): Promise<string> {
    return await pinnedVersion(familyOf(name));
  },
};

/** In a checkout Go is installed where that is possible. A package of npm must not do that. */
async function requireGo(names: readonly ToolName[]): Promise<void> {
  if (!isPackage || names.length === 0 || findCommand("go") !== undefined) return;
  const versions = await Promise.all(names.map(async (name) => `${name} ${await pinnedVersion(familyOf(name))}`));
  throw new Failure(
    `there is no ${versions.join(", no ")} in PATH, and no Go to build ${names.length === 1 ? "it" : "them"} with`,
    "install Go 1.26 or newer, see https://go.dev/dl/",
  );
}

let queue: Promise<void> = Promise.resolve();

/** One build at a time: each uses all cores, and two progress lines would overwrite each other. */
function queued(names: readonly FamilyName[]): Promise<void> {
  const turn = queue.then(() => buildMissing(names));
  queue = turn.catch(() => undefined);
  return turn;
}

async function buildMissing(names: readonly FamilyName[]): Promise<void> {
  const keys = await Promise.all(names.map(async (name) => ({ name, key: await keyOf(name) })));
  const missing = keys.filter(({ name, key }) => !existsSync(cachedFolder(name, key)));
  for (const [index, { name, key }] of missing.entries()) {
    const count = missing.length === 1 ? "" : ` (${index + 1} of ${missing.length})`;
    await cached(name, key, family(name).firstBuild.gibibytes, (folder) => build(name, folder, count));
  }
}

const keys = new Map<FamilyName, Promise<string>>();

function keyOf(name: FamilyName): Promise<string> {
  const known = keys.get(name) ?? buildKey(name);
  keys.set(name, known);
  return known;
}
