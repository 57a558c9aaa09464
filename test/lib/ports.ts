import type { Server as HttpServer } from "node:http";
import type { AddressInfo, Server } from "node:net";

export { freePort } from "../../scripts/lib/poc/ports.js";

/** Lets a server listen on loopback, at a port that is free. */
export function listening(server: HttpServer | Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
