import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import { child, tail } from "../../scripts/lib/child.js";

test("both streams come line by line, and stdout apart", async () => {
  const lines: string[] = [];
  const ended = await child("sh", ["-c", "echo out; sleep 0.05; echo err >&2; exit 3"], {
    onLine: (line) => lines.push(line),
  });
  assert.deepEqual(lines, ["out", "err"]);
  assert.deepEqual(ended, { code: 3, stdout: "out", output: "out\nerr" });
});

test("a command ends when the process that started it is killed", async () => {
  const script = `const { child } = await import(${JSON.stringify(new URL("../../scripts/lib/child.ts", import.meta.url).href)});
    await child("sh", ["-c", "echo $$; exec sleep 60"], { onLine: (line) => console.log(line) });`;
  const parent = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script]);
  const pid = Number(await new Promise((resolve) => parent.stdout.once("data", (data) => resolve(`${data}`.trim()))));
  assert.ok(existsSync(`/proc/${pid}`));
  parent.kill("SIGKILL");
  for (let tries = 0; existsSync(`/proc/${pid}`) && tries < 100; tries += 1) await sleep(20);
  assert.ok(!existsSync(`/proc/${pid}`), `process ${pid} runs on`);
});

test("an error message gets the last lines", () => {
  assert.equal(tail("1\n2\n3\n", 2), "2\n3");
});

test.run();
