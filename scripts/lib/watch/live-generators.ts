import { SourceMap } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { serialize } from "node:v8";
import { Script } from "node:vm";
import type { BuildContext, Metafile } from "esbuild";
import * as yaml from "yaml";
import type { Files } from "../../../generators/lib/lay-out.js";
import { withFiles } from "../lean-files.js";
import { ownFiles } from "../own-files.js";
import { readSettings } from "../settings.js";

/** Generators that can be asked again and again, each time as they are then. */
export interface LiveGenerators {
  /** @throws Error that names file and line, where the generators cannot be read or one of them fails. */
  files(): Promise<Files>;
  dispose(): Promise<void>;
}

type Generators = Pick<typeof import("../../../generators/index.js"), "base"> &
  Pick<typeof import("../../../generators/settings/index.js"), "settingsFrom">;

const name = "generators.cjs";

/**
 * The generators of a folder. Only their own files are read again: packages stay loaded, since to load them takes longer
 * than all the rest.
 *
 * @param folder - has index.ts and settings/index.ts as generators/ has
 * @param settings - the file of the settings
 */
export async function liveGenerators(folder: string, settings: string): Promise<LiveGenerators> {
  const { context } = await import("esbuild");
  const bundler = await context({
    stdin: {
      contents: 'export { base } from "./index.js"; export { settingsFrom } from "./settings/index.js";',
      resolveDir: folder,
      loader: "ts",
    },
    absWorkingDir: folder,
    outfile: join(folder, name),
    bundle: true,
    write: false,
    metafile: true,
    logLevel: "silent",
    platform: "node",
    format: "cjs",
    target: "node20",
    packages: "external",
    sourcemap: "external",
    sourcesContent: false,
    tsconfigRaw: {},
  });
  const packages = new Map<string, unknown>();
  const texts = new Remembered();
  packages.set("yaml", { ...yaml, stringify: (...said: Parameters<typeof yaml.stringify>) => texts.of(said) });
  return {
    files: () => {
      texts.forgetUnused();
      return run(bundler, packages, folder, settings);
    },
    dispose: () => bundler.dispose(),
  };
}

/** YAML of what was written before: to write it takes longer than to see that it is the same. */
class Remembered {
  #before = new Map<string, string>();
  #now = new Map<string, string>();

  of(said: Parameters<typeof yaml.stringify>): string {
    const key = serialize(said).toString("latin1");
    const text = this.#before.get(key) ?? this.#now.get(key) ?? yaml.stringify(...said);
    this.#now.set(key, text);
    return text;
  }

  /** What the last run did not ask for goes. */
  forgetUnused(): void {
    this.#before = this.#now;
    this.#now = new Map();
  }
}

async function run(
  bundler: BuildContext<{ write: false; metafile: true }>,
  packages: Map<string, unknown>,
  folder: string,
  settings: string,
) {
  const { outputFiles, metafile } = await bundler.rebuild();
  await load(metafile, packages);
  const text = outputFiles.find(({ path }) => path.endsWith(name))?.text ?? "";
  const map = outputFiles.find(({ path }) => path.endsWith(".map"))?.text ?? "{}";
  try {
    // A script is freed when a newer one replaces it; a module never is.
    const start = new Script(`(function (module, require) {${text}\n})`, { filename: name }).runInThisContext();
    const module = { exports: {} as Generators };
    start(module, (path: string) => packages.get(path));
    const read = readSettings(settings, module.exports.settingsFrom);
    const own = ownFiles(read, dirname(settings));
    return module.exports.base(await withFiles(read), [], own);
  } catch (error) {
    throw new Error(located(error, map, folder));
  }
}

async function load({ outputs }: Metafile, packages: Map<string, unknown>): Promise<void> {
  const needed = Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  await Promise.all(
    needed.map(async (path) => {
      if (!packages.has(path)) packages.set(path, await import(path));
    }),
  );
}

/** What was thrown, with the places where the generators have it. */
function located(error: unknown, map: string, folder: string): string {
  if (!(error instanceof Error)) return String(error);
  const places = new SourceMap(JSON.parse(map));
  const own = (error.stack ?? "").split("\n").flatMap((line) => {
    const [, row, column] = /generators\.cjs:(\d+):(\d+)/.exec(line) ?? [];
    if (row === undefined) return [];
    const entry = places.findEntry(Number(row) - 1, Number(column) - 1);
    if (!("originalSource" in entry)) return [];
    return [
      `    at ${relative(folder, resolve(folder, entry.originalSource))}:${entry.originalLine + 1}:${entry.originalColumn + 1}`,
    ];
  });
  return [error.message, ...own.slice(0, 5)].join("\n");
}
