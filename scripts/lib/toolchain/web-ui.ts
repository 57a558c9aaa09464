import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { parse, stringify } from "yaml";
import { cached, cacheKey } from "../cache.js";
import { child, tail } from "../child.js";
import { findCommand } from "../debian.js";
import { Failure } from "../failure.js";
import { step } from "../progress.js";
import { copyWritable, moduleSource, patchedModule } from "./patched-module.js";
import { pinnedVersion } from "./versions.js";

/** pnpm 10 reads the workspace of the release. */
const pnpm = "pnpm@10.34.8";

/** The release's own choice of these is not to be had any more: one version of all that is. */
const overrides = Object.fromEntries(
  ["code-highlight", "core", "dates", "hooks", "notifications", "store"].map((name) => [`@mantine/${name}`, "9.6.2"]),
);

/** What the web UI depends on beside the release, for a cache key. */
export const webUiRecipe = JSON.stringify([pnpm, overrides, 1]);

/**
 * Prometheus' real web UI, built from the sources in its Go module: a folder with the content of `web/ui/static`.
 * Its build needs the npm registry, which that of the Go programs does not.
 *
 * @throws Failure when there is no npm, or it cannot fetch what the web UI is built with.
 */
export async function webUi(): Promise<string> {
  const version = await pinnedVersion("prometheus");
  return await cached("prometheus-web-ui", cacheKey(version, webUiRecipe), 1.5, (target) =>
    step(`building the web UI of Prometheus ${version}`, (at) => buildWebUi(target, at), 150),
  );
}

async function buildWebUi(target: string, at: (detail: string) => void): Promise<void> {
  if (findCommand("npm") === undefined) throw new Failure("there is no npm in PATH");
  const scratch = join(target, "source");
  await copyWritable(join(await moduleSource("prometheus"), "web/ui"), scratch);
  const workspace = join(scratch, "pnpm-workspace.yaml");
  await writeFile(workspace, stringify({ ...parse(await readFile(workspace, "utf8")), overrides }));
  at("fetching packages");
  // With a store of its own, so that nothing is left in the user's home.
  await withPnpm(scratch, ["pnpm", "install", "--no-frozen-lockfile", `--store-dir=${join(scratch, ".store")}`]);
  at("building");
  await withPnpm(scratch, ["bash", "build_ui.sh", "--mantine-ui"]);
  await rename(join(scratch, "static/mantine-ui"), join(target, "mantine-ui"));
  await rm(scratch, { recursive: true });
}

async function withPnpm(folder: string, command: readonly string[]): Promise<void> {
  const { code, output } = await child("npm", ["exec", "--yes", `--package=${pnpm}`, "--", ...command], {
    cwd: folder,
  });
  if (code !== 0) throw new Failure(`${command.join(" ")} failed:\n${tail(output)}`);
}

/**
 * Makes a copy of the Prometheus module in `scratch` that has a web UI built in.
 *
 * @returns the flags with which Go builds the family from that copy.
 */
export async function embedWebUi(ui: string, scratch: string): Promise<string[]> {
  return await patchedModule("prometheus", scratch, async (source) => {
    const files = (await readdir(ui, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const embedded: string[] = [];
    for (const { parentPath, name } of files) {
      const path = join("static", join(parentPath, name).slice(ui.length + 1));
      const packed = join(source, "web/ui", `${path}.gz`);
      await mkdir(dirname(packed), { recursive: true });
      await writeFile(packed, gzipSync(await readFile(join(parentPath, name)), { level: 9 }));
      embedded.push(`${path}.gz`);
    }
    // Source: scripts/compress_assets.sh in the Prometheus repository, whose build tag this is.
    const template = await readFile(join(source, "web/ui/embed.go.tmpl"), "utf8");
    const lines = [template, `//go:embed ${embedded.sort().join(" ")}`, "var EmbedFS embed.FS", ""];
    await writeFile(join(source, "web/ui/embed.go"), lines.join("\n"));
  });
}
