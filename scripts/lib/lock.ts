import { createHash } from "node:crypto";
import { createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs `work` while no other process of this machine holds the lock of that name; `waiting` is called once if it has
 * to wait. The lock is an abstract Unix socket, which the kernel frees however its holder ends: there is no stale lock.
 */
export async function withLock<T>(name: string, waiting: () => void, work: () => Promise<T>): Promise<T> {
  let server = await bind(name);
  if (server === undefined) waiting();
  while (server === undefined) {
    await sleep(250);
    server = await bind(name);
  }
  try {
    return await work();
  } finally {
    server.close();
  }
}

/** An address has at most 107 bytes; what is longer would be cut, and two names be one. */
function addressOf(name: string): string {
  return `\0plain-prometheus/${name.length > 80 ? createHash("sha256").update(name).digest("hex") : name}`;
}

function bind(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(addressOf(name), () => resolve(server));
  });
}
