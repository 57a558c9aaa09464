import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { test } from "uvu";
import { $ } from "zx";
import { findCommand } from "../../scripts/lib/debian.js";
import { root } from "../../scripts/lib/project.js";

const scratch = await mkdtemp(join(tmpdir(), "plain-prometheus-bare-test-"));
test.after(() => rm(scratch, { recursive: true }));

/** Below a file nothing can be made, and not by root either. */
const file = join(scratch, "file");
await writeFile(file, "");
const homes = { "below a file": join(file, "home"), "in /proc": "/proc/nobody/home" };

/** What of a machine's PATH the verbs need beside what a test leaves out. */
const usual = ["bash", "sh", "git", "setpriv", "env", "ip", "node"];

async function path(
  name: string,
  programs: readonly string[],
  fake: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = join(scratch, name);
  await mkdir(folder);
  for (const program of [...usual, ...programs]) {
    const found = findCommand(program);
    if (found !== undefined) await symlink(found, join(folder, program));
  }
  for (const [program, says] of Object.entries(fake)) {
    await writeFile(join(folder, program), `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
  }
  return folder;
}

async function ran(verb: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const { exitCode, stdout, stderr } = await $({
    quiet: true,
    nothrow: true,
    cwd: root,
    env: { ...process.env, ...env },
  })`node scripts/run.js scripts/${verb}.ts ${args}`;
  return { exitCode, stdout, stderr: stripVTControlCharacters(stderr) };
}

function refused({ exitCode, stderr }: Awaited<ReturnType<typeof ran>>, error: RegExp, cure: RegExp): void {
  assert.equal(exitCode, 1, stderr);
  assert.match(stderr, error);
  assert.match(/^cure: {2}.*$/m.exec(stderr)?.[0] ?? "", cure, stderr);
  assert.doesNotMatch(stderr, /\n {4}at /);
}

const canStart = process.platform === "linux" && process.getuid?.() === 0;
const builders = [
  ["build"],
  ["poc", "--port", "19090", "--node-exporter-port", "19100"],
  ...(canStart ? [["up"]] : []),
];
const caches = { XDG_CACHE_HOME: undefined, GOCACHE: undefined, GOMODCACHE: undefined, GOPATH: undefined };

for (const [where, HOME] of Object.entries(homes)) {
  for (const [verb = "", ...args] of builders) {
    test(`${verb} says that a HOME ${where} cannot be written, and what helps`, async () => {
      refused(
        await ran(verb, args, { ...caches, HOME }),
        /writes to .*, which cannot be written: /,
        /set HOME .*XDG_CACHE_HOME/,
      );
    });
  }
  test(`generate and new-overlay need no HOME that can be written, such as one ${where}`, async () => {
    const { exitCode, stderr } = await ran("generate", ["--check"], { ...caches, HOME });
    assert.equal(exitCode, 0, stderr);
    refused(
      await ran("new-overlay", ["devbox", "--yes"], { ...caches, HOME }),
      /overlays\/devbox is there already/,
      /another name/,
    );
  });
}

test("where there is no Go and none can be installed, that is said", async () => {
  const PATH = await path("no Go", ["kubectl"]);
  const env = { ...caches, HOME: join(scratch, "a home"), PATH };
  refused(await ran("build", [], env), /building the tools from source needs go/, /golang-go/);
});

test("a Go that is too old is said with its version", async () => {
  const PATH = await path("old Go", ["kubectl"], { go: "go1.20.5" });
  const env = { ...caches, HOME: join(scratch, "a home"), PATH };
  refused(
    await ran("build", [], env),
    /the installed Go cannot build \S+: it is go1\.20\.5/,
    /install Go 1\.26 or newer/,
  );
});

test("where there is no kubectl, whoever names a cluster is told", async () => {
  const PATH = await path("no kubectl", []);
  const env = { ...caches, HOME: join(scratch, "a home"), PATH };
  for (const [verb, ...args] of [["outside"], ["verify", "overlays/devbox"]] as const) {
    const said = await ran(verb, [...args, "--context", "mine"], env);
    refused(said, /there is no kubectl in PATH/, /install kubectl 1\.30 or newer/);
  }
});

test("nothing was written into the checkout", () => {
  for (const name of [".cache", ".kube", "go"]) assert.ok(!existsSync(join(root, name)), name);
});

test.run();
