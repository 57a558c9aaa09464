import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { test } from "uvu";
import { checkBase } from "../../scripts/lib/generate.js";
import { root } from "../../scripts/lib/project.js";

const command = ["scripts/run.js", "scripts/generate.ts", "--watch"];

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`generate --watch ends in peace by ${signal}, and leaves base/ as the generators give it`, async () => {
    const child = spawn(process.execPath, command, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    const ended = new Promise((resolve) => child.on("close", (code, by) => resolve({ code, by })));
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line.startsWith("watching")) child.kill(signal);
    }
    assert.deepEqual(await ended, { code: 0, by: null }, errors);
    assert.match(lines[0] ?? "", /^base\/: nothing changed/);
    assert.equal(errors, "");
    await checkBase();
  });
}

test.run();
