import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { oneFile, ownAddresses } from "../../../scripts/lib/bundled.js";
import { root } from "../../../scripts/lib/project.js";

/** Where packages are found from; `npm ci` empties it. */
const cache = join(root, "node_modules/.cache/plain-prometheus");

/** Says how long tests take; loaded before them. */
const timer = "proof/lib/test/timed.ts";

/** Test files as JavaScript. */
export interface BundledTests {
  readonly folder: string;
  /** The file in it that is loaded before tests. */
  readonly before: string;
}

/**
 * Makes JavaScript of test files for as long as something runs, with what several of them load in files that they share: to load
 * their modules one by one takes longer than many of the tests. `a/b.test.ts` becomes `a/b.test.mjs`.
 *
 * @param files - from the root of the project
 */
export async function withBundledTests<T>(
  files: readonly string[],
  run: (bundle: BundledTests) => Promise<T>,
): Promise<T> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "tests-"));
  try {
    await build({
      ...oneFile,
      absWorkingDir: root,
      entryPoints: [...files, timer],
      outbase: root,
      outdir: folder,
      outExtension: { ".js": ".mjs" },
      splitting: true,
      // What finds its own files beside itself, and what must be there once.
      external: ["esbuild", "playwright-core", "tsx", "uvu"],
      logLevel: "error",
      sourcemap: true,
      sourcesContent: false,
      plugins: [ownAddresses],
    });
    return await run({ folder, before: join(folder, timer.replace(/ts$/, "mjs")) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
