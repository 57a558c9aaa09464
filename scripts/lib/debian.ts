import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { $ } from "zx";
import { Failure } from "./failure.js";
import { withLock } from "./lock.js";
import { step } from "./progress.js";

/** Something that this machine must have: a command, or a file by its absolute path; and the package that brings it. */
export interface Needed {
  readonly file: string;
  readonly package: string;
}

/** The full path of a command, also where PATH leaves out the administrator's folders. */
export function findCommand(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * Sees to it that all that is needed is there: installs what is missing with one apt-get when run by root on Debian.
 *
 * @throws Failure that names each missing thing and its package, when it cannot install them.
 */
export async function provide(needed: readonly Needed[], purpose: string): Promise<void> {
  if (stillMissing(needed).length === 0) return;
  // One apt-get does not wait for another, and live tests run side by side.
  const waiting = () => console.error("waiting for another process that installs packages");
  await withLock("debian", waiting, () => install(needed, purpose));
}

async function install(needed: readonly Needed[], purpose: string): Promise<void> {
  const missing = stillMissing(needed);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((need) => need.package))];
  const lacking = `${purpose} needs ${missing.map(({ file }) => file).join(", ")}`;
  const command = `apt-get install ${packages.join(" ")}`;
  const apt = findCommand("apt-get");
  if (apt === undefined) {
    throw new Failure(lacking, `this is not a Debian system: install what Debian calls ${packages.join(", ")}`);
  }
  if (process.getuid?.() !== 0) throw new Failure(lacking, `sudo ${command}`);
  await step(`installing ${packages.join(", ")}`, async () => {
    const quiet = $({ quiet: true, nothrow: true, env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
    const options = ["-y", "-qq", "--no-install-recommends"];
    let result = await quiet`${apt} install ${options} ${packages}`;
    if (result.exitCode !== 0) {
      // A fresh machine has no package lists yet, an old one has lists that name files that are gone.
      await quiet`${apt} update -qq`;
      result = await quiet`${apt} install ${options} ${packages}`;
    }
    if (result.exitCode !== 0) throw new Failure(`${lacking}, and ${command} failed:\n${result.stderr.trim()}`);
  });
  const after = stillMissing(needed);
  if (after.length > 0) {
    throw new Failure(
      `${purpose} needs ${after.map(({ file }) => file).join(", ")}, which ${command} did not bring`,
      "install it by hand and see that it is in PATH",
    );
  }
}

function stillMissing(needed: readonly Needed[]): Needed[] {
  return needed.filter(({ file }) => (isAbsolute(file) ? !existsSync(file) : findCommand(file) === undefined));
}
