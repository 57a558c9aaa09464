import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tail } from "../child.js";
import { Failure } from "../failure.js";
import { waitFor } from "../wait.js";
import type { Node } from "./layout.js";
import { processesInside, superviseInside } from "./node.js";

/** A program that a node runs all the time. */
export interface Daemon {
  readonly node: Node;
  readonly name: string;
  readonly command: readonly string[];
}

/** The log of a daemon: `kubelet.log`, and `devbox-2-kubelet.log` for that of another node than the first. */
export function logOf({ node, name }: Daemon): string {
  return `${node.logs}${name}.log`;
}

/** Starts a daemon, which is started again whenever it ends: under load some do, as they are made to be restarted. */
export async function startDaemon(daemon: Daemon): Promise<void> {
  await superviseInside(daemon.node, daemon.command, logOf(daemon), pidFileOf(daemon));
}

/** Ends a daemon as a crash would, and for good; returns when it has ended. */
export async function stopDaemon(daemon: Daemon): Promise<void> {
  const { supervisor } = await pidsOf(daemon);
  // Both at once, by their process group: it must not be started again meanwhile.
  if (supervisor !== undefined) process.kill(-supervisor, "SIGKILL");
  await waitFor(async () => (await pidOf(daemon)) === undefined, {
    seconds: 60,
    pauseMilliseconds: 50,
    otherwise: () => new Failure(`${daemon.name} on ${daemon.node.name} does not end`),
  });
  await rm(pidFileOf(daemon), { force: true });
}

/** The machine's process id of a daemon; undefined when it does not run. */
export async function pidOf(daemon: Daemon): Promise<number | undefined> {
  return (await pidsOf(daemon)).pid;
}

/** Those that do not run, and still do not after the pause in which programs that ended are started again. */
export async function deadOf(daemons: readonly Daemon[]): Promise<readonly Daemon[]> {
  const dead = async (some: readonly Daemon[]) => {
    const pids = await Promise.all(some.map(pidOf));
    return some.filter((_, index) => pids[index] === undefined);
  };
  const first = await dead(daemons);
  if (first.length === 0) return first;
  await sleep(5_000);
  return await dead(first);
}

/**
 * Waits until `condition` holds.
 *
 * @param what - said to the user when it takes too long: `the API server answers`.
 * @throws Failure with the last lines of the daemon's log, when it ends meanwhile or after `seconds`.
 */
export async function waitForDaemon(
  what: string,
  daemon: Daemon,
  condition: () => Promise<boolean>,
  seconds = 120,
): Promise<void> {
  const failure = async (problem: string) =>
    new Failure(`${daemon.name} on node ${daemon.node.name} ${problem}: ${what}\n${await lastLines(daemon)}`);
  const reached = async () => {
    if (await condition()) return true;
    if ((await pidOf(daemon)) === undefined) throw await failure("ended before this");
    return false;
  };
  const otherwise = () => failure(`did not come to this in ${seconds}s`);
  await waitFor(reached, { seconds, pauseMilliseconds: 150, otherwise });
}

/** The end of a daemon's log. */
export async function lastLines(daemon: Daemon): Promise<string> {
  const log = logOf(daemon);
  return `the end of ${log}:\n${tail(await readFile(log, "utf8").catch(() => "(there is none)"), 15)}`;
}

async function pidsOf(daemon: Daemon): Promise<{ supervisor: number | undefined; pid: number | undefined }> {
  const text = await readFile(pidFileOf(daemon), "utf8").catch(() => "");
  const running = await processesInside(daemon.node);
  const [supervisor, pid] = text.split(" ").map((inside) => running.get(Number(inside)));
  return { supervisor, pid };
}

function pidFileOf({ node, name }: Daemon): string {
  return join(node.state, `${name}.pid`);
}
