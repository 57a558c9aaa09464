import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findCommand } from "../debian.js";
import { familyOf, type ToolName } from "./families.js";
import { pinnedVersion } from "./versions.js";

/** Programs that may come from PATH, as their releases do the same, and how each prints its version. */
const releases: Partial<Record<ToolName, string>> = { kubeconform: "-v", promtool: "--version", amtool: "--version" };

const known = new Map<ToolName, Promise<string | undefined>>();

/** The path of a program out of PATH that says itself that it is of the pinned version; said once on stderr. */
export function installed(name: ToolName): Promise<string | undefined> {
  const found = known.get(name) ?? find(name);
  known.set(name, found);
  return found;
}

async function find(name: ToolName): Promise<string | undefined> {
  const asks = releases[name];
  const path = findCommand(name);
  if (asks === undefined || path === undefined) return undefined;
  const version = await pinnedVersion(familyOf(name));
  // What cannot be run, or does not answer, is not what is looked for.
  const said = await promisify(execFile)(path, [asks], { timeout: 10_000 }).catch(() => undefined);
  if (said === undefined || !says(`${said.stdout}${said.stderr}`, version)) return undefined;
  console.error(`${name} ${version}: ${path}, out of PATH`);
  return path;
}

/** Whether a program that printed this is of that version: `promtool, version 3.16.0 (branch: ...` or `v0.8.0`. */
export function says(printed: string, version: string): boolean {
  return printed.split(/[\s,]+/).some((word) => word.replace(/^v/, "") === version);
}
