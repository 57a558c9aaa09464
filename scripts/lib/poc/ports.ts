import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { $ } from "zx";
import { Failure } from "../failure.js";

/** Reads a port as a person writes it. @throws Failure that names the option. */
export function portFrom(text: string, option: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port;
  throw new Failure(`${option} is ${JSON.stringify(text)}`, "a port is a whole number from 1 to 65535, such as 19090");
}

/**
 * Checks that nothing listens on a port of loopback, in either family of addresses: Prometheus scrapes `localhost`, and
 * would find a stranger on `::1` before its own on `127.0.0.1`.
 *
 * @throws Failure that names the port, who has it where that can be seen, and the option that chooses another.
 */
export async function requireFree(port: number, option: string): Promise<void> {
  for (const address of ["127.0.0.1", "::1"]) {
    const code = await listenError(port, address);
    if (code === "EACCES") {
      throw new Failure(`port ${port} is for root alone`, `choose one above 1023: ${option}`);
    }
    if (code === "EADDRINUSE") {
      const owner = (await ownerOf(port)) ?? "another program";
      throw new Failure(`port ${port} is occupied by ${owner}`, `end it, or choose another port: ${option}`);
    }
  }
}

/** The error code of listening there for a moment; a machine without IPv6 has others than those that matter here. */
function listenError(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** Who listens on the port, as far as this user may see it and `ss` is there to tell. */
async function ownerOf(port: number): Promise<string | undefined> {
  const { stdout } = await $({ quiet: true, nothrow: true })`ss -Hltnp ${`sport = :${port}`}`;
  const found = /users:\(\("([^"]+)",pid=(\d+)/.exec(stdout);
  return found === null ? undefined : `${found[1]} (process ${found[2]})`;
}

/** A port of loopback that was free a moment ago, for a program that has to be told one. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
