import { createHash } from "node:crypto";
import { constants, existsSync } from "node:fs";
import { access, mkdir, mkdtemp, readdir, rename, rm, statfs } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { Failure, refusalOf } from "./failure.js";
import { withLock } from "./lock.js";

/**
 * Where everything built is kept, for every checkout of this user: `$XDG_CACHE_HOME/plain-prometheus`.
 *
 * @throws Failure when that is not set, and the user has no home.
 */
export function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME ?? "";
  // The XDG base directory specification: a relative path is to be ignored.
  return join(isAbsolute(base) ? base : join(home(), ".cache"), "plain-prometheus");
}

function home(): string {
  try {
    return homedir();
  } catch {
    throw new Failure("this user has no home folder, and HOME is not set", elsewhere);
  }
}

const elsewhere =
  "set HOME to a folder that can be written; or XDG_CACHE_HOME for what is built here, and GOCACHE and GOMODCACHE for what Go keeps";

/** The first 16 hex digits of a SHA-256 over all that a cached result depends on. */
export function cacheKey(...inputs: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const input of inputs) {
    // The length keeps ("ab", "c") apart from ("a", "bc").
    hash.update(`${input.length}:`).update(input);
  }
  return hash.digest("hex").slice(0, 16);
}

/** Where {@link cached} keeps the result of that name and key, whether it is there yet or not. */
export function cachedFolder(name: string, key: string): string {
  return join(cacheFolder(), `${name}-${key}`);
}

/**
 * The folder `<cache>/<name>-<key>`, made by `produce` on first use and never changed afterwards. `produce` fills a
 * temporary folder that takes its final name when it is whole: interrupted work leaves nothing that looks finished.
 *
 * @throws Failure when the cache's file system has less than `gibibytes` free.
 */
export async function cached(
  name: string,
  key: string,
  gibibytes: number,
  produce: (folder: string) => Promise<void>,
): Promise<string> {
  const final = cachedFolder(name, key);
  if (existsSync(final)) return final;
  const waiting = () => console.error(`waiting for another process that makes ${name}`);
  return await withLock(`cache${final}`, waiting, async () => {
    if (existsSync(final)) return final;
    await requireSpace(cacheFolder(), gibibytes, name);
    const partial = `.${name}-${key}.`;
    for (const left of await readdir(cacheFolder())) {
      if (left.startsWith(partial)) await rm(join(cacheFolder(), left), { recursive: true, force: true });
    }
    const temporary = await mkdtemp(join(cacheFolder(), partial));
    try {
      await produce(temporary);
      await rename(temporary, final);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      throw error;
    }
    return final;
  });
}

/**
 * Makes a folder, unless it is there, for what `purpose` names.
 *
 * @throws Failure when it cannot be made or written, or its file system has less than `gibibytes` free.
 */
export async function requireSpace(folder: string, gibibytes: number, purpose: string): Promise<void> {
  try {
    await makeFolder(folder);
    await access(`${folder}/.`, constants.W_OK);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    throw new Failure(`${purpose} writes to ${folder}, which cannot be written: ${refusal.message}`, elsewhere);
  }
  const { bavail, bsize } = await statfs(folder);
  const free = (bavail * bsize) / 2 ** 30;
  if (free >= gibibytes) return;
  throw new Failure(
    `${purpose} needs ${gibibytes.toFixed(1)} GiB in ${folder}, and ${free.toFixed(1)} GiB are free`,
    "free some space, or set XDG_CACHE_HOME (and GOCACHE, GOMODCACHE) to a larger disk",
  );
}

/** As `mkdir` with `recursive`, which tries for ever where a file system makes nothing, such as /proc. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  await makeFolder(dirname(folder));
  await mkdir(folder).catch((error) => {
    // Another process was faster.
    if (error.code !== "EEXIST") throw error;
  });
}
