import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { getPriority } from "node:os";
import { test } from "uvu";
import { behindOthers } from "../../proof/lib/test/uvu.js";
import { waitFor } from "../../scripts/lib/wait.js";

function started(script: string) {
  const [command = "", ...args] = [...behindOthers, "sh", "-c", script];
  return spawn(command, args, { detached: true, stdio: ["ignore", "pipe", "inherit"] });
}

test("what runs behind others has a low priority, and ends with all that it started", async () => {
  const session = started("sleep 300 & echo $!; wait");
  const [printed] = await once(session.stdout, "data");
  const sleeper = Number(`${printed}`);
  assert.ok(getPriority(sleeper) >= 10, `${getPriority(sleeper)}`);
  // The signal that it gets when whoever started it ends.
  session.kill("SIGTERM");
  const otherwise = () => new Error(`process ${sleeper} goes on`);
  await waitFor(() => !existsSync(`/proc/${sleeper}`), { seconds: 10, otherwise });
});

test("its exit code is that of the command", async () => {
  assert.deepEqual((await once(started("exit 3"), "exit"))[0], 3);
});

test.run();
