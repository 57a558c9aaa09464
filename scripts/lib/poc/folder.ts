import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "plain-prometheus-poc-";

/** A temporary folder that names its process, so that the next run removes what a killed one left behind. */
export async function temporaryFolder(within = tmpdir()): Promise<string> {
  for (const name of await readdir(within)) {
    const pid = name.startsWith(prefix) ? name.slice(prefix.length).split("-")[0] : undefined;
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    // Another user's is that user's to remove.
    await rm(join(within, name), { recursive: true, force: true }).catch(() => undefined);
  }
  return await mkdtemp(join(within, `${prefix}${process.pid}-`));
}
