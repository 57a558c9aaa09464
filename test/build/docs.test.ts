import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { root } from "../../scripts/lib/project.js";
import { type Commands, differs, documents, readCommands } from "../lib/commands.js";
import { type Session, session } from "../lib/run-commands.js";

function block(text: string, until?: string): Commands {
  return { document: "a.md", line: 1, text, how: { where: "live", ...(until && { until }) }, output: undefined };
}

async function inSession(work: (shell: Session) => Promise<void>): Promise<void> {
  const shell = await session();
  await work(shell).finally(shell.end);
}

test("a block that fails in the middle is red, with what it printed", async () => {
  await inSession(async (shell) => {
    await assert.rejects(shell.run(block("echo before\nfalse\necho after\n")), /a\.md:1 ended with 1:.*\nbefore\n$/s);
  });
});

test("what a block exports and writes is there in the next one, and not in this checkout", async () => {
  await inSession(async (shell) => {
    await shell.run(block("export A='b c'\necho d > written-by-a-test\n"));
    assert.equal(await shell.run(block('echo "$A"; cat written-by-a-test')), "b c\nd\n");
    assert.ok(!existsSync(join(root, "written-by-a-test")));
  });
});

test("a block that goes on for ever ends with all that it started when it has printed what is awaited", async () => {
  await inSession(async (shell) => {
    const printed = await shell.run(block("sleep 1000 & echo $!\necho ready\nwait\n", "ready"));
    // Of one that ended and that nobody has waited for yet, no command line is left.
    const commandLine = await readFile(`/proc/${printed.split("\n")[0]}/cmdline`, "utf8").catch(() => "");
    assert.equal(commandLine, "");
    await assert.rejects(shell.run(block("echo steady\n", "ready")), /ended with 0/);
  });
});

// The Japanese documents have the same commands: test/docs/commands.test.ts.
let ran = 0;

for (const document of documents) {
  let shell: Session | undefined;
  const commands = (await readCommands(document)).filter(({ how }) => how.where === "anywhere");

  for (const block of commands) {
    test(`${document}:${block.line}: ${block.text.split("\n")[0]}`, async () => {
      shell ??= await session();
      const printed = await shell.run(block);
      ran += 1;
      if (block.output !== undefined) assert.equal(differs(block.output, printed), undefined, printed);
    });
  }

  test(`the commands of ${document} leave nothing behind`, async () => {
    await shell?.end();
  });
}

test("there were commands to run", () => {
  assert.ok(ran > 5, `${ran} blocks`);
});

test.run();
