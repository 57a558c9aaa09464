import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** Git over HTTP, on loopback. */
interface GitServer {
  /** Of the folder that it serves; a repository is below it. */
  readonly url: string;
  close(): void;
}

/**
 * Serves the bare repositories of a folder, read-only, by Git's own CGI program: Flux speaks neither git:// nor to files.
 *
 * Source: https://git-scm.com/docs/git-http-backend
 */
export async function serveGit(folder: string): Promise<GitServer> {
  const server = createServer((request, response) => void answer(folder, request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search } = new URL(request.url ?? "", "http://127.0.0.1");
  const { method, headers } = request;
  const backend = spawn("git", ["http-backend"], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: method,
      CONTENT_TYPE: headers["content-type"],
      HTTP_CONTENT_ENCODING: headers["content-encoding"],
      GIT_PROTOCOL: `${headers["git-protocol"] ?? ""}`,
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  // It ends without reading what it refuses.
  request.pipe(backend.stdin.on("error", () => request.unpipe()));
  const answered = await buffer(backend.stdout);
  const end = answered.indexOf("\r\n\r\n");
  for (const line of answered.subarray(0, end).toString().split("\r\n")) {
    const [name = "", value = ""] = line.split(": ");
    if (name === "Status") response.statusCode = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.end(answered.subarray(end + 4));
}
