import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { $ } from "zx";
import { Failure } from "../failure.js";
import { root } from "../project.js";
import { withTemporaryFolder } from "../temporary-folder.js";

/** A commit of a repository, and the name by which the user asked for it. */
export interface Commit {
  readonly ref: string;
  /** Its whole hash. */
  readonly hash: string;
}

const quiet = (repository: string) => $({ quiet: true, nothrow: true, cwd: repository });

/**
 * The commit that a name stands for: a tag, a branch, a hash, `HEAD~3`.
 *
 * @throws Failure that names the reference when there is no such commit.
 */
export async function commitOf(ref: string, repository = root): Promise<Commit> {
  const { exitCode, stdout, stderr } = await quiet(
    repository,
  )`git rev-parse --verify --quiet --end-of-options ${`${ref}^{commit}`}`;
  if (exitCode === 0) return { ref, hash: stdout.trim() };
  if (/not a git repository/.test(stderr)) {
    throw new Failure(`${repository} is no Git repository`, "run this in a clone, where both versions are");
  }
  const tags = (await quiet(repository)`git tag --sort=-creatordate`).stdout.split("\n").filter(Boolean).slice(0, 5);
  const known = tags.length === 0 ? "there are no tags" : `the newest tags are ${tags.join(", ")}`;
  throw new Failure(
    `there is no commit ${JSON.stringify(ref)}`,
    `name a tag, a branch or a hash (${known}); in a shallow clone: git fetch --unshallow --tags`,
  );
}

/** The text of a file as a commit has it; empty where it has none. */
export async function textOf({ hash }: Commit, path: string, repository = root): Promise<string> {
  const { exitCode, stdout } = await quiet(repository)`git show ${`${hash}:./${path}`}`;
  return exitCode === 0 ? stdout : "";
}

/**
 * Runs `work` with a folder that has some paths of the repository as they are in a commit. The checkout stays as it is.
 *
 * @throws Failure that names the commit when it has no such path.
 */
export async function withTree<T>(
  { ref, hash }: Commit,
  paths: readonly string[],
  work: (folder: string) => Promise<T>,
  repository = root,
): Promise<T> {
  return await withTemporaryFolder(async (scratch) => {
    const archive = join(scratch, "tree.tar");
    const { exitCode, stderr } = await quiet(repository)`git archive --output=${archive} ${hash} -- ${paths}`;
    if (exitCode !== 0) {
      throw new Failure(
        `${ref} has no ${paths.join(" and ")}: ${stderr.trim().split("\n").at(0)}`,
        "compare commits of this project",
      );
    }
    const folder = join(scratch, "tree");
    await mkdir(folder);
    await $({ quiet: true })`tar -xf ${archive} -C ${folder}`;
    return await work(folder);
  });
}
