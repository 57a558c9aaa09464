import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tail } from "../child.js";
import { Failure } from "../failure.js";
import { firstNode, type Node, stateFolder } from "./layout.js";
import { processesInside, startInside } from "./node.js";

/** A program that a node runs all the time. */
export interface Daemon {
  readonly node: Node;
  readonly name: string;
  readonly command: readonly string[];
}

/** Where the daemons' logs are. */
export const logsFolder = join(stateFolder, "logs");

/** The log of a daemon: `kubelet.log`, and `devbox-2-kubelet.log` for that of another node than the first. */
export function logOf({ node, name }: Daemon): string {
  return join(logsFolder, node.name === firstNode.name ? `${name}.log` : `${node.name}-${name}.log`);
}

export async function startDaemon(daemon: Daemon): Promise<void> {
  await startInside(daemon.node, daemon.command, logOf(daemon), pidFileOf(daemon));
}

/** Ends a daemon, by default as a crash would, and returns when it has ended. */
export async function stopDaemon(daemon: Daemon, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
  const pid = await pidOf(daemon);
  if (pid !== undefined) process.kill(pid, signal);
  const deadline = Date.now() + 60_000;
  while ((await pidOf(daemon)) !== undefined) {
    if (Date.now() > deadline) throw new Failure(`${daemon.name} on ${daemon.node.name} does not end on ${signal}`);
    await sleep(50);
  }
  await rm(pidFileOf(daemon), { force: true });
}

/** The machine's process id of a daemon; undefined when it does not run. */
export async function pidOf(daemon: Daemon): Promise<number | undefined> {
  const inside = Number(await readFile(pidFileOf(daemon), "utf8").catch(() => ""));
  return inside === 0 ? undefined : (await processesInside(daemon.node)).get(inside);
}

/**
 * Waits until `condition` holds.
 *
 * @param what - said to the user when it takes too long: `the API server answers`.
 * @throws Failure with the last lines of the daemon's log, when it ends meanwhile or after `seconds`.
 */
export async function waitFor(
  what: string,
  daemon: Daemon,
  condition: () => Promise<boolean>,
  seconds = 120,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition())) {
    const runs = (await pidOf(daemon)) !== undefined;
    if (runs && Date.now() < deadline) {
      await sleep(150);
      continue;
    }
    const problem = runs ? `did not come to this in ${seconds}s: ${what}` : `ended before this: ${what}`;
    throw new Failure(`${daemon.name} on node ${daemon.node.name} ${problem}\n${await lastLines(daemon)}`);
  }
}

async function lastLines(daemon: Daemon): Promise<string> {
  const log = logOf(daemon);
  return `the end of ${log}:\n${tail(await readFile(log, "utf8").catch(() => "(there is none)"), 15)}`;
}

function pidFileOf({ node, name }: Daemon): string {
  return join(node.state, `${name}.pid`);
}
