import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "uvu";
import { $ } from "zx";
import { root } from "../../scripts/lib/project.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";

const quiet = $({ quiet: true, nothrow: true });

test("promtool accepts the proof of concept's configuration", async () => {
  const file = join(root, "base/bare-metal/proof-of-concept.yml");
  const { exitCode, stdout, stderr } = await quiet`${await toolchain.tool("promtool")} check config ${file}`;
  assert.equal(exitCode, 0, stdout + stderr);
});

test.run();
