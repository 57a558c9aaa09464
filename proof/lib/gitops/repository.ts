import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { $ } from "zx";
import { root } from "../../../scripts/lib/project.js";

/** A working copy of the repository that Argo CD or Flux reads; each commit is pushed at once. */
export interface Repository {
  /** Where the working copy is. */
  readonly folder: string;
  /** Writes files, or with undefined removes them; commits and pushes. Returns the commit's hash. */
  commit(message: string, files: Readonly<Record<string, string | undefined>>): Promise<string>;
  /** Takes the newest commit back by one of its own, as `git revert` does. Returns the new commit's hash. */
  revert(): Promise<string>;
  remove(): Promise<void>;
}

/** Makes a bare repository in that folder, whose one commit has `base/` and `overlays/` of this checkout. */
export async function makeRepository(bare: string): Promise<Repository> {
  const copy = await mkdtemp(join(tmpdir(), "plain-prometheus-repository-"));
  const identity = ["-c", "user.name=plain-prometheus", "-c", "user.email=plain-prometheus@example.com"];
  const git = async (...args: string[]) =>
    (await $({ quiet: true, cwd: copy })`git ${identity} -c commit.gpgsign=false -c core.hooksPath=/dev/null ${args}`)
      .stdout;
  const push = async () => {
    await git("push", "--quiet", bare, "HEAD:main");
    return (await git("rev-parse", "HEAD")).trim();
  };
  await $({ quiet: true })`git init --quiet --bare --initial-branch=main ${bare}`;
  await git("init", "--quiet", "--initial-branch=main");
  await $({ quiet: true })`cp -r ${join(root, "base")} ${join(root, "overlays")} ${copy}`;
  await git("add", "--all");
  await git("commit", "--quiet", "--message=base and overlays");
  await push();
  return {
    folder: copy,
    async commit(message, files) {
      for (const [path, text] of Object.entries(files)) {
        if (text === undefined) {
          await rm(join(copy, path));
          continue;
        }
        await mkdir(dirname(join(copy, path)), { recursive: true });
        await writeFile(join(copy, path), text);
      }
      await git("add", "--all");
      await git("commit", "--quiet", `--message=${message}`);
      return await push();
    },
    async revert() {
      await git("revert", "--no-edit", "HEAD");
      return await push();
    },
    remove: () => rm(copy, { recursive: true }),
  };
}
