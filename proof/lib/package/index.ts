import { chmod } from "node:fs/promises";
import { join, relative } from "node:path";
import { build } from "esbuild";
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

const plugin = "plain-prometheus-generator.js";

/**
 * Makes the package's own files in dist/package: the plugin and the library, each one file of JavaScript with all that it
 * needs, and the library's types.
 *
 * @returns one line that says what was made
 */
export async function makePackage(): Promise<string> {
  const files = new Map([...(await programs()), ...(await types())]);
  await writeChanges(folder, await textsBelow(folder), files);
  await chmod(join(folder, plugin), 0o755);
  return `${relative(root, folder)}/: ${files.size} files`;
}

async function programs(): Promise<[string, string][]> {
  const bundle = async (program: string, name: string, banner: string): Promise<[string, string, string[]]> => {
    const { outputFiles, metafile } = await build({
      ...oneFile,
      absWorkingDir: root,
      entryPoints: [program],
      write: false,
      metafile: true,
      banner: { js: `${banner}${oneFile.banner.js}` },
    });
    return [name, outputFiles[0]?.text ?? "", Object.keys(metafile.inputs)];
  };
  const made = await Promise.all([
    bundle("scripts/lib/plugin.ts", plugin, "#!/usr/bin/env node\n"),
    bundle("scripts/lib/library.ts", "library.js", ""),
  ]);
  const inputs = made.flatMap(([, , paths]) => paths);
  return [...made.map(([name, text]): [string, string] => [name, text]), ["LICENSES.txt", await licenses(inputs)]];
}

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
