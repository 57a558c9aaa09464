import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { $ } from "zx";
import { serveGit } from "../../../../proof/lib/flux/git-server.js";
import { withTemporaryFolder } from "../../../../scripts/lib/temporary-folder.js";

const git = $({ quiet: true, nothrow: true });
const identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];

test("a repository is cloned over HTTP and takes no push; one that is not there is said not to be", async () => {
  await withTemporaryFolder(async (folder) => {
    await git`git init --quiet --bare --initial-branch=main ${join(folder, "one.git")}`;
    const work = join(folder, "work");
    await git`git clone --quiet ${join(folder, "one.git")} ${work}`;
    await git`git -C ${work} ${identity} commit --quiet --allow-empty --message=first`;
    await git`git -C ${work} push --quiet origin HEAD:main`;
    const server = await serveGit(folder);
    try {
      const copy = join(folder, "copy");
      const cloned = await git`git clone --quiet --depth=1 ${server.url}/one.git ${copy}`;
      assert.equal(cloned.stderr, "");
      assert.equal((await git`git -C ${copy} log --format=%s`).stdout, "first\n");
      await git`git -C ${copy} ${identity} commit --quiet --allow-empty --message=second`;
      assert.match((await git`git -C ${copy} push origin HEAD:main`).stderr, /403/);
      assert.match((await git`git clone --quiet ${server.url}/two.git ${join(folder, "two")}`).stderr, /not found/);
      assert.ok(!(await readdir(folder)).includes("two"));
    } finally {
      server.close();
    }
  });
});

test.run();
