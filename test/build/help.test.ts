import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { $ } from "zx";
import { root } from "../../scripts/lib/project.js";

const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
const programs = Object.values<string>(scripts).flatMap((command) => / (\S+\.ts)/.exec(command)?.[1] ?? []);

for (const program of new Set(programs)) {
  test(`${program} --help says how it is used, how it ends, and an example`, async () => {
    const { exitCode, stdout, stderr } = await $({
      quiet: true,
      nothrow: true,
      cwd: root,
    })`node scripts/run.js ${program} --help`;
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(
      stdout,
      /^usage: npm (run [\w:-]+|test)\b.*\n\n[A-Z].*\n\noptions:\n.*\n\nexit codes:\n.*\n\nexample:\n {2}npm .*\n$/s,
    );
  });
}

test.run();
