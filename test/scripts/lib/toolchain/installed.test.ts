import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "uvu";
import { toolchain } from "../../../../scripts/lib/toolchain/index.js";
import { installed, says } from "../../../../scripts/lib/toolchain/installed.js";

const before = process.env.PATH;
let folder = "";

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "plain prometheus tools "));
  process.env.PATH = [folder, before].join(delimiter);
});

test.after(async () => {
  process.env.PATH = before;
  await rm(folder, { recursive: true });
});

test("a program of PATH that says the pinned version is taken, and nothing is built", async () => {
  await program("amtool", `amtool, version ${await toolchain.version("amtool")} (branch: HEAD, revision: 1234)`);
  assert.equal(await toolchain.tool("amtool"), join(folder, "amtool"));
});

test("one of another version is not", async () => {
  await program("promtool", "promtool, version 3.1.0 (branch: HEAD, revision: 1234)");
  assert.equal(await installed("promtool"), undefined);
});

test("one that cannot be run is not", async () => {
  await writeFile(join(folder, "kubeconform"), "no program", { mode: 0o644 });
  assert.equal(await installed("kubeconform"), undefined);
});

test("what the embedded cluster runs is never taken out of PATH", async () => {
  await program("etcd", `etcd Version: ${await toolchain.version("etcd")}`);
  assert.equal(await installed("etcd"), undefined);
});

test("a version is a whole word", () => {
  assert.ok(says("v0.8.0\n", "0.8.0"));
  assert.ok(says("promtool, version 3.16.0 (branch: HEAD)\n", "3.16.0"));
  for (const other of ["v0.8.0-rc.1", "v10.8.0", "v0.8.01", "development", ""]) assert.ok(!says(other, "0.8.0"), other);
});

async function program(name: string, says: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
}

test.run();
