import { spawn } from "node:child_process";
import { once } from "node:events";
import { tail } from "../child.js";
import { Failure } from "../failure.js";

/** A program that runs beside this process, and never longer than it. */
export interface Program {
  /** Its process; undefined when it could not be started. */
  readonly pid: number | undefined;
  /** SIGTERM; SIGKILL when it is still there after ten seconds. Resolves when it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts a program in the background.
 *
 * @param name how messages call it
 * @param onEnded told when the program ends by itself, or does not even start
 */
export function start(
  name: string,
  command: string,
  args: readonly string[],
  cwd: string,
  onEnded: (failure: Failure) => void,
): Program {
  // The kernel ends it when this process ends, in whatever way. In a session of its own it does not get the terminal's
  // Ctrl-C: this process does, and ends it in order.
  const started = spawn("setpriv", ["--pdeathsig", "KILL", "--", command, ...args], {
    cwd,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-16_384);
    });
  }
  let stopping = false;
  started.once("error", (error) => onEnded(new Failure(`${name} does not start: ${error.message}`)));
  started.once("close", (code, signal) => {
    if (!stopping) onEnded(new Failure(`${name} ended by itself (${signal ?? code}):\n${tail(output)}`));
  });
  return {
    pid: started.pid,
    async stop() {
      stopping = true;
      if (started.pid === undefined || started.exitCode !== null || started.signalCode !== null) return;
      const gone = once(started, "exit");
      started.kill("SIGTERM");
      const impatience = setTimeout(() => started.kill("SIGKILL"), 10_000);
      await gone;
      clearTimeout(impatience);
    },
  };
}
