import { join } from "node:path";
import { child, tail } from "../child.js";
import { findCommand, provide } from "../debian.js";
import { Failure } from "../failure.js";
import { isPackage, product } from "../project.js";

/** The folder of a family's Go module. */
export function moduleFolder(folder: string): string {
  return join(product, "tools", folder);
}

/** The environment of every Go command: what the user's own settings must not change about a build. */
export function goEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off" };
}

/** Runs a Go command in a family's module folder and returns what it printed on stdout. */
export async function go(folder: string, args: readonly string[]): Promise<string> {
  const { code, stdout, output } = await child("go", args, { cwd: folder, env: goEnvironment() });
  if (code !== 0) throw new Failure(`go ${args.join(" ")} failed in ${folder}:\n${tail(output)}`, cureOf(output));
  return stdout.trim();
}

/** What would mend a Go command that failed with this output, where it is something that a user can mend. */
export function cureOf(output: string): string | undefined {
  if (output.includes("requires go >=") || output.includes("toolchain not available")) {
    return "install that version of Go or a newer one, or let Go fetch it itself (go env -w GOTOOLCHAIN=auto)";
  }
  if (output.includes("no space left on device")) {
    return "free some space, or set XDG_CACHE_HOME, GOCACHE and GOMODCACHE to a larger disk";
  }
  if (/cache (is required|not found)|permission denied|read-only file system|not a directory/.test(output)) {
    return "set HOME to a folder that can be written, or GOCACHE and GOMODCACHE to such folders";
  }
  if (/dial tcp|i\/o timeout|connection refused|no such host/.test(output)) {
    return "Go fetches its modules from GOPROXY: see that it is reachable from here (go env GOPROXY)";
  }
  return undefined;
}

const versions = new Map<string, Promise<string>>();

/**
 * The version of Go that builds a family (`go1.26.8`), which is that of its go.mod where the installed one is older
 * and may fetch it.
 *
 * @throws Failure when there is no Go and none can be installed, or it is too old and may not fetch a newer one.
 */
export function goVersion(folder: string): Promise<string> {
  const known = versions.get(folder) ?? askGo(folder);
  versions.set(folder, known);
  return known;
}

async function askGo(folder: string): Promise<string> {
  if (findCommand("go") === undefined) {
    // A package of npm must not install programs on the system.
    if (isPackage)
      throw new Failure(
        "there is no go in PATH, by which the schemas of Kubernetes are read",
        "install Go 1.26 or newer, see https://go.dev/dl/",
      );
    await provide([{ file: "go", package: "golang-go" }], "building the tools from source");
  }
  const asked = await child("go", ["env", "GOVERSION"], { cwd: folder, env: goEnvironment() });
  const version = asked.stdout.trim();
  if (asked.code === 0 && isRecent(version)) return version;
  throw new Failure(
    `the installed Go cannot build ${folder}: ${asked.code === 0 ? `it is ${version}` : tail(asked.output)}`,
    cureOf(asked.output) ?? "install Go 1.26 or newer, see https://go.dev/dl/",
  );
}

/** Whether a version, as Go says it (`go1.26.8`), is one that the tools build with. One before 1.21 cannot fetch it. */
export function isRecent(version: string): boolean {
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 1 || (major === "1" && Number(minor) >= 26);
}
