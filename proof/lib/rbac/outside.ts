import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outside } from "../../../generators/bare-metal/outside.js";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";
import { type OutsideFile, writeFolder } from "../../../scripts/lib/outside/folder.js";
import { authorities, contextOf } from "../../../scripts/lib/outside/reach.js";
import { freePort } from "../../../scripts/lib/poc/ports.js";
import { type Program, start } from "../../../scripts/lib/poc/program.js";
import { projectSettings } from "../../../scripts/lib/settings.js";
import { toolchain } from "../../../scripts/lib/toolchain/index.js";
import type { Copy } from "./copy.js";

/** Programs on this machine that are copies of a Prometheus outside. */
export interface Outside {
  /** `host:port` by the name of the copy. */
  readonly addresses: ReadonlyMap<string, string>;
  stop(): Promise<void>;
}

/** Runs a Prometheus for each copy, on loopback, with a token of the copy's own ServiceAccount. */
export async function startOutside(copies: readonly Copy[], kubectl: Kubectl): Promise<Outside> {
  const programs: Program[] = [];
  const addresses = new Map<string, string>();
  if (copies.length === 0) return { addresses, stop: async () => {} };
  const scratch = await mkdtemp(join(tmpdir(), "plain-prometheus-rbac-"));
  const stop = async () => {
    await Promise.all(programs.map((program) => program.stop()));
    await rm(scratch, { recursive: true, force: true });
  };
  try {
    const context = await contextOf(kubectl);
    const command = await toolchain.tool("prometheus");
    for (const { name, holder } of copies) {
      const folder = join(scratch, name);
      const port = await freePort();
      const token = await kubectl.text(["create", "token", name, "--namespace", holder.namespace]);
      const files = outside({ ...projectSettings(), namespace: holder.namespace }, { apiServer: context.server, port });
      await writeFolder(
        folder,
        new Map<string, OutsideFile>([
          // Rules read series and need no permission.
          ...[...files].flatMap(([path, text]): [string, OutsideFile][] =>
            path.startsWith("rules/") ? [] : [[path, { text }]],
          ),
          ["ca.crt", { text: await authorities(kubectl, context, holder.namespace) }],
          ["token", { text: token.trim(), secret: true }],
        ]),
      );
      const address = `127.0.0.1:${port}`;
      const args = [
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        "--log.level=error",
        `--web.listen-address=${address}`,
      ];
      programs.push(start(name, command, args, folder, (failure) => console.error(failure.message)));
      addresses.set(name, address);
    }
    return { addresses, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
