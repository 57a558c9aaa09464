import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { step } from "../../../scripts/lib/progress.js";
import { root } from "../../../scripts/lib/project.js";
import type { Count } from "./uvu.js";

/** Builds the smallest family whole, as `npm run up` builds the others after it. */
const buildPause =
  'import { toolchain } from "./scripts/lib/toolchain/index.ts"; console.log(await toolchain.tool("pause"));';

/** Milliseconds after which a step is red: several times what it takes. */
const patience = 600_000;

/**
 * The README's first commands on a machine that never built anything: a clone, and a HOME and caches that are not there yet. `npm
 * run up` is ended when it has compiled its first package. Nothing stays behind.
 */
export async function bare(commit = "HEAD"): Promise<Count> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    console.error("skipped: npm run up starts a Kubernetes, which takes Linux and root");
    return { passed: 0, failed: 0, skipped: 3, problems: [] };
  }
  const scratch = await mkdtemp(join(tmpdir(), "plain-prometheus-bare-"));
  const clone = join(scratch, "clone");
  const run = (command: readonly string[], until?: string) =>
    ran(command, { cwd: clone, env: environment(scratch), until });
  try {
    await required(["git", "clone", "--quiet", "--no-checkout", root, clone], scratch);
    await required(["git", "checkout", "--quiet", commit], clone);
    // Progress is for terminals, and `script` is one.
    const up = ["script", "--quiet", "--return", "--command", "npm run up", "/dev/null"];
    const steps: [string, () => Promise<string | undefined>][] = [
      ["npm ci", () => run(["npm", "ci"])],
      ["npm run up, until it has compiled a package", () => run(up, "1 of at most")],
      ["building pause", () => run(["node", "--import", "tsx", "--input-type=module", "--eval", buildPause])],
    ];
    let passed = 0;
    for (const [name, work] of steps) {
      const problem = await step(name, work);
      // What comes after one that is red would be red for the same reason.
      if (problem !== undefined) return { passed, failed: 1, skipped: 0, problems: [`${name}: ${problem}`] };
      passed += 1;
    }
    return { passed, failed: 0, skipped: 0, problems: [] };
  } finally {
    // Go makes its modules read-only.
    await ran(["chmod", "--recursive", "u+w", scratch], {});
    await ran(["rm", "--recursive", "--force", scratch], {});
  }
}

/** Keeps from where this machine fetches modules and packages, but nothing that it has fetched before. */
function environment(scratch: string): NodeJS.ProcessEnv {
  const home = join(scratch, "no home yet");
  return {
    ...process.env,
    HOME: home,
    XDG_CACHE_HOME: undefined,
    GOPATH: undefined,
    GOCACHE: undefined,
    GOMODCACHE: join(home, "modules"),
    GOENV: process.env.GOENV ?? join(homedir(), ".config/go/env"),
    npm_config_cache: join(home, "npm"),
    npm_config_userconfig: process.env.npm_config_userconfig ?? join(homedir(), ".npmrc"),
  };
}

async function required(command: readonly string[], cwd: string): Promise<void> {
  const problem = await ran(command, { cwd });
  if (problem !== undefined) throw new Error(`${command.join(" ")}: ${problem}`);
}

/**
 * Runs a command, until it has printed a text where one is given; it and all that it started are gone afterwards.
 *
 * @returns what was wrong
 */
async function ran(
  [program = "", ...args]: readonly string[],
  { cwd, env, until }: { cwd?: string; env?: NodeJS.ProcessEnv; until?: string | undefined },
): Promise<string | undefined> {
  const started = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  const end = () => void endTree(started.pid);
  const timer = setTimeout(end, patience);
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding("utf8").on("data", (more: string) => {
      const before = printed.includes(until ?? "");
      printed += more;
      if (until !== undefined && !before && printed.includes(until)) end();
    });
  }
  const [code] = await once(started, "close").finally(() => clearTimeout(timer));
  const isWell = until === undefined ? code === 0 : printed.includes(until);
  return isWell ? undefined : `ended with ${code}:\n${printed.slice(-3000)}`;
}

/** Ends a process and all below it, which are in more sessions than one. */
async function endTree(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  for (const one of await treeOf(pid)) {
    try {
      process.kill(one, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

async function treeOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const children = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, "utf8").catch(() => "")),
  );
  const below = children.flatMap((text) => text.split(" ").filter(Boolean).map(Number));
  return [pid, ...(await Promise.all(below.map(treeOf))).flat()];
}
