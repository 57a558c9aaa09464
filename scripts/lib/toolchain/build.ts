import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheKey, requireSpace } from "../cache.js";
import { child, tail } from "../child.js";
import { Failure } from "../failure.js";
import { step } from "../progress.js";
import { type FamilyName, family } from "./families.js";
import { cureOf, go, goEnvironment, goVersion, moduleFolder } from "./go.js";
import { pinnedVersion } from "./versions.js";

/** What the binaries of a family depend on: its module's files, its flags, and the version of Go. */
export async function buildKey(name: FamilyName): Promise<string> {
  const folder = moduleFolder(family(name).folder);
  const files = (await readdir(folder)).sort();
  const contents = await Promise.all(files.map((file) => readFile(join(folder, file))));
  return cacheKey(...files, ...contents, ...(await buildFlags(name)), await goVersion(folder));
}

/** Builds every program of a family into `target`; `count` is shown with its name, such as ` (2 of 7)`. */
export async function build(name: FamilyName, target: string, count: string): Promise<void> {
  const { folder, tools, seconds, gibibytes } = family(name);
  const source = moduleFolder(folder);
  await requireSpace(await go(source, ["env", "GOCACHE"]), gibibytes, `building ${name}`);
  const title = `building ${name} ${await pinnedVersion(name)}${count}`;
  await step(
    title,
    async (at) => {
      at("fetching modules");
      const packages = (await go(source, ["list", "-deps", ...Object.values(tools)])).split("\n").length;
      let compiled = 0;
      for (const [tool, path] of Object.entries(tools)) {
        const flags = await buildFlags(name);
        const { code, output } = await child("go", ["build", "-v", ...flags, "-o", join(target, tool), path], {
          cwd: source,
          env: goEnvironment(),
          onLine: (line) => {
            // With -v Go prints the import path of each package that it compiles, and nothing else while all is well.
            if (!/^[\w.~/-]+$/.test(line)) return;
            compiled += 1;
            at(`${compiled} of at most ${packages} packages`);
          },
        });
        if (code !== 0) throw new Failure(`${tool} does not build:\n${tail(output)}`, cureOf(output));
      }
    },
    seconds,
  );
}

/** The flags of `go build` for a family; no paths of the machine, so that they can be part of a cache key. */
async function buildFlags(name: FamilyName): Promise<string[]> {
  const { tags, variables } = family(name);
  const set = Object.entries(variables?.(await pinnedVersion(name)) ?? {}).map(
    ([path, value]) => `-X ${path}=${value}`,
  );
  return [...(tags === undefined ? [] : ["-tags", tags]), "-ldflags", ["-s", "-w", ...set].join(" ")];
}
