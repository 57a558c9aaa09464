import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { cacheKey, requireSpace } from "../cache.js";
import { child, tail } from "../child.js";
import { Failure } from "../failure.js";
import { step } from "../progress.js";
import { type FamilyName, family } from "./families.js";
import { cureOf, go, goEnvironment, goVersion, moduleFolder } from "./go.js";
import { patchedModule } from "./patched-module.js";
import { pinnedVersion } from "./versions.js";
import { embedWebUi, webUi, webUiRecipe } from "./web-ui.js";

/** What the binaries of a family depend on: its module's files, its flags, and the version of Go. */
export async function buildKey(name: FamilyName): Promise<string> {
  const folder = moduleFolder(family(name).folder);
  const files = (await readdir(folder)).sort();
  const contents = await Promise.all(files.map((file) => readFile(join(folder, file))));
  const ui = name === "prometheus" ? [webUiRecipe] : [];
  return cacheKey(...files, ...contents, ...(await buildFlags(name)), ...ui, await goVersion(folder));
}

/** Builds every program of a family into `target`; `count` is shown with its name, such as ` (2 of 7)`. */
export async function build(name: FamilyName, target: string, count: string): Promise<void> {
  const { folder, firstBuild } = family(name);
  const [modules = "", compiled = ""] = (await go(moduleFolder(folder), ["env", "GOMODCACHE", "GOCACHE"])).split("\n");
  // Whatever of these is not there yet Go would make, and it says less well why it cannot.
  await requireSpace(modules, 0, `building ${name}`);
  await requireSpace(compiled, firstBuild.gibibytes, `building ${name}`);
  const title = `building ${name} ${await pinnedVersion(name)}${count}`;
  const ui = name === "prometheus" ? await webUiOrNone(target) : undefined;
  await step(title, (at) => buildPrograms(name, target, ui, at), firstBuild.seconds);
}

async function buildPrograms(
  name: FamilyName,
  target: string,
  ui: string | undefined,
  at: (detail: string) => void,
): Promise<void> {
  const { folder, tools, tags } = family(name);
  const cwd = moduleFolder(folder);
  const scratch = join(target, "scratch");
  await mkdir(scratch);
  const patched = await patchedModuleFlags(name, scratch, ui);
  const flags = [...(await buildFlags(name)), ...patched, ...(ui ? ["-tags", `${tags},builtinassets`] : [])];
  at("fetching modules");
  const packages = (await go(cwd, ["list", ...patched, "-deps", ...Object.values(tools)])).split("\n").length;
  let compiled = 0;
  const names = Object.keys(tools);
  // All of a module at once: what they share is looked at once, and one is linked while another compiles.
  const output = names.length === 1 ? join(target, names.join()) : `${target}/`;
  // Tests may run beside it, and people work.
  const command = ["-n", "10", "go", "build", "-v", ...flags, "-o", output, ...Object.values(tools)];
  const ended = await child("nice", command, {
    cwd,
    env: { ...goEnvironment(), ...withLessCollection() },
    onLine: (line) => {
      // With -v Go prints the import path of each package that it compiles, and nothing else while all is well.
      if (!/^[\w.~/-]+$/.test(line)) return;
      compiled += 1;
      at(`${compiled} of at most ${packages} packages`);
    },
  });
  if (ended.code !== 0)
    throw new Failure(`${names.join(", ")} does not build:\n${tail(ended.output)}`, cureOf(ended.output));
  await rm(scratch, { recursive: true, force: true });
}

/**
 * What makes Go's compilers collect no garbage before 2 GiB each, an eighth of their processor time, where there is memory for
 * one on each core and the user says nothing else.
 */
function withLessCollection(): NodeJS.ProcessEnv {
  const { GOGC, GOMEMLIMIT } = process.env;
  const gibibytes = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY) / 2 ** 30;
  const isEnough = gibibytes >= Math.max(12, 3 * availableParallelism());
  return GOGC || GOMEMLIMIT || !isEnough ? {} : { GOGC: "off", GOMEMLIMIT: "2GiB" };
}

/** Flags with which Go builds a changed copy of a module. */
async function patchedModuleFlags(name: FamilyName, scratch: string, ui: string | undefined): Promise<string[]> {
  if (ui !== undefined) return await embedWebUi(ui, scratch);
  return name === "alertmanager" ? await patchedModule(name, scratch, withoutWebUi) : [];
}

/** Alertmanager embeds a web UI that its Go module does not ship, and does not build without; its API is all there. */
async function withoutWebUi(source: string): Promise<void> {
  const folder = join(source, "ui/app/dist");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "index.html"), "<!doctype html><title>Alertmanager without its web UI</title>\n");
}

/** Prometheus works without its web UI, so it is built also where no npm registry can be reached. */
async function webUiOrNone(target: string): Promise<string | undefined> {
  try {
    return await webUi();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const again = join(dirname(target), "prometheus-*");
    console.error(`Prometheus gets no web UI, because ${error.message}\n(to try again later: rm -r ${again})`);
    return undefined;
  }
}

/** The flags of `go build` for a family; no paths of the machine, so that they can be part of a cache key. */
async function buildFlags(name: FamilyName): Promise<string[]> {
  const { tags, variables } = family(name);
  const set = Object.entries(variables?.(await pinnedVersion(name)) ?? {}).map(
    ([path, value]) => `-X ${path}=${value}`,
  );
  // The linker drops what debuggers read (-s -w), so the compiler need not write it: a tenth of a build's time.
  const compiler = ["-gcflags", "all=-dwarf=false"];
  return [...(tags === undefined ? [] : ["-tags", tags]), ...compiler, "-ldflags", ["-s", "-w", ...set].join(" ")];
}
