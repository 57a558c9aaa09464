import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Port } from "../../../generators/derive/edges.js";

/** A connection to try. */
export interface Attempt extends Port {
  readonly address: string;
}

/** Somebody who tries connections out of the network of a process. */
export interface Prober {
  /** For each attempt, whether it got through: to somebody who answers, or to a port that nobody has. */
  gotThrough(attempts: readonly Attempt[]): Promise<readonly boolean[]>;
  end(): void;
}

/** One in the network namespace of a process of this machine. */
export function prober(pid: number): Prober {
  const program = fileURLToPath(new URL("probe.js", import.meta.url));
  const child = spawn(
    "setpriv",
    ["--pdeathsig", "KILL", "nsenter", `--net=/proc/${pid}/ns/net`, process.execPath, program],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const lines = createInterface({ input: child.stdout });
  return {
    async gotThrough(attempts) {
      const answer = once(lines, "line");
      child.stdin.write(`${JSON.stringify(attempts)}\n`);
      return JSON.parse((await answer)[0]);
    },
    end() {
      child.stdin.end();
    },
  };
}
