import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { test } from "uvu";
import { prepareEnvironment } from "../../scripts/lib/environment.js";
import { root } from "../../scripts/lib/project.js";

let clone = "";

/** A clone in which nothing was installed, as far as it takes to start a verb. */
test.before(async () => {
  clone = join(await mkdtemp(join(tmpdir(), "a clone ")), "plain prometheus");
  for (const path of [
    "package.json",
    "scripts/run.js",
    "scripts/lib/start.js",
    "scripts/lib/environment.js",
    "scripts/lib/bundled.js",
  ]) {
    await cp(join(root, path), join(clone, path));
  }
});

test.after(() => rm(join(clone, ".."), { recursive: true }));

async function started(
  args: readonly string[],
  { cwd = clone, node = [], env = {} }: { cwd?: string; node?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = [...node, "scripts/run.js", ...args];
  return await promisify(execFile)(process.execPath, command, { cwd, env: { ...process.env, ...env } }).then(
    (said) => ({ code: 0, ...said }),
    (error) => error,
  );
}

const as = (version: string) => [
  "--import",
  `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"${version}"})`,
];

test("a Node that is too old is told so before anything is loaded", async () => {
  const tooOld = ["12.22.12", "18.20.8", "20.11.1", "21.6.2"].map(async (version) => {
    const { code, stderr } = await started(["scripts/up.ts"], { node: as(version) });
    const told = `error: this is Node ${version}\ncure:  install Node 20.12 or newer, see https://nodejs.org/\n`;
    assert.deepEqual([code, stderr], [1, told]);
  });
  await Promise.all(tooOld);
  const { engines } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  assert.equal(engines.node, "^20.12.0 || >=21.7.0");
});

test("in a clone without packages a verb says what brings them", async () => {
  const verbs = ["20.12.0", "21.7.0", "26.1.0"].map(async (version) => {
    const { code, stderr } = await started(["scripts/up.ts"], { node: as(version) });
    assert.deepEqual([code, stderr], [1, "error: the packages are not installed\ncure:  npm ci\n"], version);
  });
  await Promise.all(verbs);
});

test("commands that a verb runs do not read the user's ~/.bashrc", async () => {
  const home = await mkdtemp(join(tmpdir(), "home-"));
  try {
    await writeFile(join(home, ".bashrc"), 'echo read >"$HOME/read"\n');
    const program = join(home, "asks.mts");
    await writeFile(
      program,
      `import { $ } from "${join(root, "node_modules/zx/build/index.js")}";\nawait $\`true\`;\n`,
    );
    const env = { HOME: home, SHLVL: "0" };
    const { code, stderr } = await started([relative(root, program)], { cwd: root, env });
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual((await readdir(home)).sort(), [".bashrc", "asks.mts"]);
  } finally {
    await rm(home, { recursive: true });
  }
});

test("a package that came with a later commit is told the same way", async () => {
  await mkdir(join(clone, "node_modules"));
  await writeFile(join(clone, "node_modules/.package-lock.json"), "{}");
  for (const program of ["scripts/up.ts", "scripts/generate.ts"]) {
    const { code, stderr } = await started([program]);
    assert.equal(code, 1);
    assert.match(stderr, /^error: the packages are not installed.*\n?(cure: {2})?.*npm ci\n$/);
  }
});

test("a HOME that is not set, empty or relative is that of the user", async () => {
  await mkdir(join(root, "dist"), { recursive: true });
  const scratch = await mkdtemp(join(root, "dist/start-test-"));
  try {
    const program = join(scratch.slice(root.length), "home.ts");
    await writeFile(join(root, program), "console.log(process.argv.slice(2).join(), process.env.HOME as string);\n");
    const { stdout, stderr } = await started([program, "--some", "argument"], { cwd: root, env: { HOME: "relative" } });
    assert.equal(stdout, `--some,argument ${userInfo().homedir}\n`, stderr);
  } finally {
    await rm(scratch, { recursive: true });
  }
  const { HOME } = process.env;
  try {
    for (const home of [undefined, "", "relative", "/a folder/of mine"]) {
      if (home === undefined) delete process.env.HOME;
      else process.env.HOME = home;
      prepareEnvironment();
      assert.equal(process.env.HOME, home?.startsWith("/") ? home : userInfo().homedir);
    }
  } finally {
    process.env.HOME = HOME;
  }
});

test.run();
