import { existsSync } from "node:fs";
import { connect } from "node:net";
import { Failure } from "../../../scripts/lib/failure.js";
import { type Program, start } from "../../../scripts/lib/poc/program.js";
import { waitFor } from "../../../scripts/lib/wait.js";

/** A program of Argo CD or Flux, and what says that it works: a port of loopback, or a socket. */
export interface Daemon {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly listens: number | string;
}

/**
 * Starts a program in a folder and waits until it works.
 *
 * @throws Failure with its last lines when it ends instead, or does not come to it in two minutes.
 */
export async function startAndWait({ name, command, args, listens }: Daemon, folder: string): Promise<Program> {
  let ended: Failure | undefined;
  const program = start(name, command, args, folder, (failure) => {
    ended ??= failure;
  });
  await waitFor(
    () => {
      if (ended !== undefined) throw ended;
      return typeof listens === "number" ? isOpen(listens) : existsSync(listens);
    },
    {
      seconds: 120,
      pauseMilliseconds: 100,
      async otherwise() {
        await program.stop();
        return new Failure(`${name} does not listen on ${listens} after two minutes`);
      },
    },
  );
  return program;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => socket.end(() => resolve(true)));
    socket.once("error", () => resolve(false));
  });
}
