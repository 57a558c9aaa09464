import { chmod, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { build, type Plugin } from "esbuild";
import { $ } from "zx";
import { oneFile } from "../../../scripts/lib/bundled.js";
import { Failure } from "../../../scripts/lib/failure.js";
import { root } from "../../../scripts/lib/project.js";
import { withTemporaryFolder } from "../../../scripts/lib/temporary-folder.js";
import { textsBelow, writeChanges } from "../../../scripts/lib/write-files.js";
import { settingsTree } from "../settings-tree.js";
import { reachable } from "./declarations.js";
import { licenses } from "./licenses.js";
import { settingsDeclaration } from "./settings.js";

/** Where package.json finds it all. */
const folder = join(root, "dist/package");

/** What npm puts into PATH, by its program. */
const executables = { "plain-prometheus": "scripts/run.js", "plain-prometheus-generator": "scripts/lib/plugin.ts" };

/**
 * Makes the package's own files in dist/package: the command line, the plugin and the library with all that they need, and the
 * library's types.
 *
 * @returns one line that says what was made
 */
export async function makePackage(): Promise<string> {
  const files = new Map([...(await programs()), ...(await types())]);
  await writeChanges(folder, await textsBelow(folder), files);
  for (const name of Object.keys(executables)) await chmod(join(folder, `${name}.js`), 0o755);
  return `${relative(root, folder)}/: ${files.size} files`;
}

/** What two programs read is there once, in a file that both load. */
async function programs(): Promise<[string, string][]> {
  const { outputFiles, metafile } = await build({
    ...oneFile,
    absWorkingDir: root,
    entryPoints: { ...executables, library: "scripts/lib/library.ts" },
    outdir: folder,
    splitting: true,
    write: false,
    metafile: true,
    // For --watch in a checkout.
    external: ["esbuild"],
    plugins: [asPackage],
  });
  const made = outputFiles.map(({ path, text }): [string, string] => {
    const name = relative(folder, path);
    return [name, `${name.replace(/\.js$/, "") in executables ? "#!/usr/bin/env node\n" : ""}${text}`];
  });
  return [...made, ["LICENSES.txt", await licenses(Object.keys(metafile.inputs))]];
}

/** What is different in the package: the program that starts, and how messages call verbs and documents. */
const asPackage: Plugin = {
  name: "as-package",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /\/start\.js$/ }, () => ({ path: join(root, "scripts/lib/command-line.ts") }));
    onLoad({ filter: /\/scripts\/.*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8"))
        .replaceAll(
          /npm run (generate|build|verify|new-overlay|upgrade-report|outside|cost)\b( --(?![\w-]))?/g,
          "npx plain-prometheus $1",
        )
        .replaceAll(/\bdocs\/([\w-]+\.md)/g, "node_modules/plain-prometheus/docs/$1"),
      loader: "ts",
    }));
  },
};

/** The declarations that the library's own reads, and no package's. */
async function types(): Promise<[string, string][]> {
  return await withTemporaryFolder(async (scratch) => {
    const { exitCode, stdout } = await $({
      cwd: root,
      quiet: true,
      nothrow: true,
    })`npx tsc -p tsconfig.package.json --outDir ${scratch}`;
    if (exitCode !== 0) throw new Failure(`the library's types cannot be made:\n${stdout}`, "npx tsc");
    return await reachable(scratch, "scripts/lib/library.d.ts", {
      "generators/settings/index.d.ts": settingsDeclaration(settingsTree()),
    });
  });
}
