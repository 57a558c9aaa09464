import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { kubectlCommand } from "../../scripts/lib/kubectl.js";
import { root } from "../../scripts/lib/project.js";
import type { Commands } from "./commands.js";

/** A shell in which the blocks of a document are run one after the other, as a reader would. */
export interface Session {
  /** @returns what the block printed on stdout and stderr. @throws Error with that when it fails. */
  run(commands: Commands): Promise<string>;
  end(): Promise<void>;
}

const notCopied = new Set([".git", "node_modules", "dist"]);
/** Of tests of the build, which run at the same time and need a folder beside overlays/. */
const madeByTests = ".test-";
const patience = 300_000;

/** A session in a copy of the project, which it may change. Variables that a block exports are there in the next one. */
export async function session(environment: Readonly<Record<string, string>> = {}): Promise<Session> {
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
  const project = join(folder, "plain-prometheus");
  const isCopied = (path: string) => !notCopied.has(path) && !path.startsWith(madeByTests);
  await cp(root, project, { recursive: true, filter: (path) => isCopied(relative(root, path)) });
  // Each package by itself: the folder of the bundles beside them must be the copy's own.
  await mkdir(join(project, "node_modules"));
  for (const name of await readdir(join(root, "node_modules"))) {
    if (name !== ".cache") await symlink(join(root, "node_modules", name), join(project, "node_modules", name));
  }
  const state = join(folder, "state");
  await writeFile(state, "");
  // Readers have a kubectl; a machine that only tests has that of the toolchain.
  const PATH = [dirname(await kubectlCommand()), process.env.PATH].join(delimiter);
  return {
    run: (commands) => runIn(project, state, commands, { PATH, ...environment }),
    end: () => rm(folder, { recursive: true, force: true }),
  };
}

async function runIn(
  project: string,
  state: string,
  { document, line, text, how }: Commands,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const script = `set -e -o pipefail; . ${state}\n${text}\nexport -p > ${state}\n`;
  return await bash(script, { document, line, how, environment, cwd: project });
}

/** Where and how {@link bash} runs a script. */
export interface BashOptions extends Pick<Commands, "document" | "line" | "how"> {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The command that runs bash in other namespaces. Default: none. */
  readonly inside?: readonly string[];
}

/** @returns what a script printed on stdout and stderr. @throws Error with that when it fails. */
export async function bash(script: string, options: BashOptions): Promise<string> {
  const { document, line, how, cwd, environment, inside = [] } = options;
  const until = how.where === "live" ? how.until : undefined;
  const [command = "", ...args] = [...inside, "bash", "-c", script];
  // A process group of its own, so that what goes on for ever can be ended with all that it started.
  const shell = spawn(command, args, {
    cwd,
    env: { ...process.env, FORCE_COLOR: "0", NO_COLOR: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let printed = "";
  let ended = false;
  const end = () => {
    if (!ended && shell.pid !== undefined) process.kill(-shell.pid, "SIGTERM");
  };
  const timer = setTimeout(end, patience);
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding("utf8").on("data", (more: string) => {
      printed += more;
      if (until !== undefined && printed.includes(until)) end();
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    shell
      .on("error", reject)
      .on("close", resolve)
      .on("exit", () => {
        ended = true;
      });
  }).finally(() => clearTimeout(timer));
  const output = stripVTControlCharacters(printed);
  const well = until === undefined ? code === 0 : output.includes(until);
  if (!well) throw new Error(`${document}:${line} ended with ${code}:\n${script}\n${output}`);
  return output;
}
