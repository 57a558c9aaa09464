import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { build } from "esbuild";
import { test } from "uvu";
import { oneFile } from "../../../scripts/lib/bundled.js";
import { refusalOf } from "../../../scripts/lib/failure.js";
import { root } from "../../../scripts/lib/project.js";
import { read } from "../../../scripts/lib/run.js";

let scratch = "";

test.before(async () => {
  scratch = await mkdtemp(join(tmpdir(), "run-"));
  // One file, since each process would load the TypeScript anew.
  const contents = 'export * from "./scripts/lib/failure.ts"; export * from "./scripts/lib/run.ts";';
  await build({ ...oneFile, stdin: { contents, resolveDir: root }, outfile: join(scratch, "run.mjs") });
});

test.after(() => rm(scratch, { recursive: true }));

/** A verb in a process of its own: how it ended, and what it said. */
async function ran(
  main: string,
  { args = [], to = "" }: { args?: readonly string[]; to?: string } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const program = `
    import { Failure, Misuse, run } from ${JSON.stringify(join(scratch, "run.mjs"))};
    const usage = {
      command: "npm run thing -- NAME",
      about: "Does a thing.",
      takesOperands: true,
      options: {
        size: { type: "string", default: "3", takes: "N", about: "how large" },
        job: { type: "string", multiple: true, takes: "NAME", about: "which" },
      },
      exits: { 2: "almost" },
      example: "npm run thing -- it --size 4",
    };
    process.argv.splice(1, 0, "thing");
    await run(usage, async ({ values, positionals }) => { ${main} });`;
  const script = `"$0" --input-type=module --eval "$1" -- "\${@:2}" ${to}`;
  return await promisify(execFile)("bash", ["-c", script, process.execPath, program, ...args], {
    cwd: root,
  }).then(
    (said) => ({ code: 0, ...said }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr: stripVTControlCharacters(stderr) }),
  );
}

test("--help says what a verb takes, how it ends and an example, whatever else is said", async () => {
  const { code, stdout, stderr } = await ran("throw new Error('it ran')", { args: ["--siez", "--help"] });
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(
    stdout,
    `usage: npm run thing -- NAME [--size N] [--job NAME]...

Does a thing.

options:
  --size N    how large; without it 3
  --job NAME  which
  --help      prints this

exit codes:
  0   all is well
  1   something is wrong, and said with its cure
  2   almost
  70  a defect of this program

example:
  npm run thing -- it --size 4
`,
  );
});

test("an argument that it does not take is named, with the usage", async () => {
  const { code, stderr } = await ran("throw new Error('it ran')", { args: ["--siez", "4"] });
  assert.equal(code, 1);
  assert.match(stderr, /^error: .*--siez.*\n/);
  assert.match(stderr, /cure: {2}npm run thing -- NAME \[--size N\] \[--job NAME\]\.\.\.\n/);
  assert.doesNotMatch(stderr, /\n {4}at /);
});

test("what the system refuses is one message with a cure, wherever it comes up", async () => {
  const mains = {
    'await (await import("node:fs/promises")).readFile("/nowhere/at/all")': /\/nowhere\/at\/all: no such file.*ENOENT/,
    'await (await import("node:fs/promises")).mkdir("/proc/a")': /\/proc\/a: no such file/,
    'const { spawn } = await import("node:child_process"); spawn("kubectll"); await new Promise(() => setTimeout(() => {}, 5000))':
      /there is no program kubectll in PATH/,
  };
  for (const [main, expected] of Object.entries(mains)) {
    const { code, stderr } = await ran(main);
    assert.equal(code, 1, stderr);
    assert.match(stderr, expected);
    assert.match(stderr, /\ncure: {2}\S/);
    assert.doesNotMatch(stderr, /\n {4}at /);
  }
});

test("a defect has its stack trace and its own exit code", async () => {
  const { code, stderr } = await ran("undefined.x");
  assert.equal(code, 70);
  assert.match(stderr, /TypeError.*\n.*at /s);
});

test("a reader that goes away is no error", async () => {
  const main =
    "for (let left = 500; left > 0; left--) { console.log('nobody reads this'); await new Promise((go) => setTimeout(go, 20)); }";
  const { code, stderr } = await ran(main, { to: "| true; exit ${PIPESTATUS[0]}" });
  assert.deepEqual([code, stderr], [141, ""]);
});

test("each refusal of the system names the file and a cure", async () => {
  for (const code of ["EACCES", "EROFS", "ENOSPC", "ENOENT", "ENOTDIR"]) {
    const failure = refusalOf(Object.assign(new Error(code), { code, syscall: "open", path: "/a/file" }));
    assert.ok(failure?.message.startsWith("/a/file: ") && failure.cure, code);
  }
  assert.equal(refusalOf(new Error("ENOENT")), undefined);
});

test("every verb goes through the entry that looks at the machine", async () => {
  const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  for (const [verb, command] of Object.entries<string>(scripts)) {
    if (verb !== "format")
      assert.match(command, /^(exec )?node scripts\/run\.js (scripts|proof)\/[\w-]+\.ts( \w+)?$/, verb);
  }
});

test("operands are refused where a verb takes none", () => {
  const usage = { command: "npm run thing", about: "", options: {}, example: "" } as const;
  assert.throws(() => read(usage, ["it"]), /it/);
  assert.deepEqual(read({ ...usage, takesOperands: true }, ["it"]).positionals, ["it"]);
  assert.throws(() => read({ ...usage, takesOperands: true }, ["--nope"]), { message: "Unknown option '--nope'" });
});

test.run();
