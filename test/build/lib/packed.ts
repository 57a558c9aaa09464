import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { $ } from "zx";
import { withLock } from "../../../scripts/lib/lock.js";
import { root } from "../../../scripts/lib/project.js";

const quiet = $({ quiet: true });

let packing: Promise<string> | undefined;

/** The package, packed once for all files of a process: the path of its file. */
export function packed(): Promise<string> {
  packing ??= pack();
  return packing;
}

async function pack(): Promise<string> {
  const folder = await folderUntilExit();
  // A live test packs the same checkout.
  await withLock(
    "pack",
    () => {},
    () => quiet({ cwd: root })`npm pack --pack-destination ${folder}`,
  );
  return await tarballIn(folder);
}

/** A change of the package's programs: what is there, and what comes in its place. */
export type Edit = readonly [there: RegExp, instead: string];

/**
 * The package as a later version may be.
 *
 * @param catalogues - metrics that targets expose no more, by the job's name
 */
export async function packedAnew(
  version: string,
  edits: readonly Edit[],
  catalogues: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await folderUntilExit();
  await quiet`tar -xzf ${await packed()} -C ${folder}`;
  const unpacked = join(folder, "package");
  const description = JSON.parse(await readFile(join(unpacked, "package.json"), "utf8"));
  await writeFile(join(unpacked, "package.json"), JSON.stringify({ ...description, version, scripts: {} }));
  const programs = join(unpacked, "dist/package");
  const left = new Set(edits);
  for (const name of (await readdir(programs)).filter((name) => name.endsWith(".js"))) {
    let text = await readFile(join(programs, name), "utf8");
    for (const edit of edits.filter(([there]) => there.test(text))) {
      text = text.replace(...edit);
      left.delete(edit);
    }
    await writeFile(join(programs, name), text);
  }
  assert.deepEqual([...left], [], "nothing to edit");
  for (const [job, metric] of Object.entries(catalogues)) {
    const file = join(unpacked, "metrics/catalogue", `${job}.json`);
    const { [metric]: gone, ...others } = JSON.parse(await readFile(file, "utf8"));
    assert.ok(gone, metric);
    await writeFile(file, JSON.stringify(others));
  }
  await quiet({ cwd: unpacked })`npm pack --pack-destination ${folder}`;
  return await tarballIn(folder);
}

async function tarballIn(folder: string): Promise<string> {
  const [name = ""] = (await readdir(folder)).filter((file) => file.endsWith(".tgz"));
  return join(folder, name);
}

/** A folder that goes with the process. */
export async function folderUntilExit(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "package-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
