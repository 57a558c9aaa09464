import { type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** How {@link child} runs a command. */
interface ChildOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called with each line that the command prints, on either stream, as it comes. */
  readonly onLine?: (line: string) => void;
}

/** How a command ended: its exit code (128 + signal number is not used: a signal gives -1), and what it printed. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  /** Both streams, in the order in which their lines came. */
  readonly output: string;
}

/**
 * Runs a long command that ends when this process ends, even by SIGKILL: nothing builds on unattended.
 * Does not throw when the command fails; throws only when it cannot be started.
 */
export function child(command: string, args: readonly string[], options: ChildOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const started = spawn("setpriv", ["--pdeathsig", "TERM", "--", command, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      ...(options.env !== undefined && { env: options.env }),
    });
    const stdout: string[] = [];
    const output: string[] = [];
    createInterface({ input: started.stdout }).on("line", (line) => {
      stdout.push(line);
      output.push(line);
      options.onLine?.(line);
    });
    createInterface({ input: started.stderr }).on("line", (line) => {
      output.push(line);
      options.onLine?.(line);
    });
    started.once("error", reject);
    started.once("close", (code) => {
      resolve({ code: code ?? -1, stdout: stdout.join("\n"), output: output.join("\n") });
    });
  });
}

/** Runs a command to its end, what it prints goes where this process prints. @returns its exit code; 1 where a signal ended it */
export async function foreground(
  command: string,
  args: readonly string[],
  cwd: string,
  stdio: StdioOptions = ["ignore", "inherit", "inherit"],
): Promise<number> {
  const [code] = await once(spawn(command, args, { cwd, stdio }), "close");
  return code ?? 1;
}

/** The last lines of what a command printed, for an error message. */
export function tail(output: string, lines = 12): string {
  return output.trimEnd().split("\n").slice(-lines).join("\n");
}
