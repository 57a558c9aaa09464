import assert from "node:assert/strict";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { defaults } from "../../generators/settings/index.js";
import { layOutRules } from "../../proof/lib/lay-out-rules.js";
import { runRuleChecks } from "../../scripts/lib/checks/rules/index.js";
import { child } from "../../scripts/lib/child.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";

/** Runs promtool on every file of a folder of the rules laid out beside their tests. */
async function promtool(folder: string, ending: string, ...args: string[]): Promise<void> {
  const laidOut = await layOutRules(defaults);
  try {
    const files = (await readdir(join(laidOut, folder))).filter((file) => file.endsWith(ending));
    assert.notEqual(files.length, 0, folder);
    const paths = files.sort().map((file) => join(folder, file));
    const { code, output } = await child(await toolchain.tool("promtool"), [...args, ...paths], { cwd: laidOut });
    assert.equal(code, 0, output);
  } finally {
    await rm(laidOut, { recursive: true });
  }
}

test("promtool accepts every file of rules", () => promtool("base/prometheus/rules", ".yml", "check", "rules"));

test("every alert fires when it should, and only then", () => promtool("test/rules", ".test.yml", "test", "rules"));

test("every rule reads what is there, and every alert has a runbook and tests", async () => {
  const found = [...(await runRuleChecks(defaults)).values()].flat();
  const lines = found.map(({ object, message, fix }) => `${object}: ${message} (${fix})`);
  assert.deepEqual(lines, []);
});

test.run();
