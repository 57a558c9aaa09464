import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { root } from "../../scripts/lib/project.js";
import { eventually } from "./lib/eventually.js";

test("the proof of concept shows both targets UP and the load of each core, and leaves nothing", async () => {
  await withPoc(["--once"], async ({ output, ended, address }) => {
    assert.equal(await ended, 0, output());
    assert.match(output(), /^prometheus +http:\/\/localhost:\d+\/metrics +UP$/m);
    assert.match(output(), /^node-exporter +http:\/\/localhost:\d+\/metrics +UP$/m);
    assert.match(output(), new RegExp(`^targets +${address}/targets$`, "m"));
    assert.match(output(), /^cpu +0 .*[▁-█] +\d+ %$/m);
  });
});

for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
  test(`no process and no data is left of a proof of concept that ended by ${signal}`, async () => {
    await withPoc(["--load"], async ({ npm, ended, answers, processes }) => {
      await answers();
      for (const program of ["--storage.tsdb.path", "--web.listen-address", "fibonacci.ts"]) {
        assert.ok((await processes(program)).length > 0, `${program} does not run`);
      }
      npm.kill(signal);
      await ended;
    });
  });
}

test("a proof of concept whose Prometheus is killed ends with its name and leaves no process", async () => {
  await withPoc([], async ({ output, ended, answers, processes }) => {
    await answers();
    process.kill(Number((await processes("--storage.tsdb.path"))[0]), "SIGKILL");
    assert.equal(await ended, 1, output());
    assert.match(output(), /Prometheus ended by itself \(SIGKILL\)/);
  });
});

test("an occupied port is an error that names it, before anything runs", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await withPoc([`--node-exporter-port=${port}`], async ({ output, ended, processes }) => {
    assert.equal(await ended, 1, output());
    assert.match(output(), new RegExp(`port ${port} is occupied by`));
    assert.deepEqual(await processes("--web.listen-address"), []);
  });
  server.close();
});

interface Poc {
  readonly npm: ChildProcess;
  /** What it printed so far, on either stream. */
  readonly output: () => string;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
  readonly address: string;
  /** Waits until its Prometheus answers. */
  readonly answers: () => Promise<void>;
  /** Those of its processes whose command line contains a text. */
  readonly processes: (text: string) => Promise<readonly string[]>;
}

/** Runs `npm run poc` on ports that nobody has, and checks afterwards that nothing of it is left. */
async function withPoc(args: readonly string[], work: (poc: Poc) => Promise<void>): Promise<void> {
  // Its temporary folder is in the environment of each of its processes, and so tells them from all others.
  const TMPDIR = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
  const [port, nodeExporterPort] = await freePorts();
  const npm = spawn(
    "npm",
    ["run", "--silent", "poc", "--", `--port=${port}`, `--node-exporter-port=${nodeExporterPort}`, ...args],
    { cwd: root, env: { ...process.env, TMPDIR } },
  );
  let text = "";
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.setEncoding("utf8").on("data", (more: string) => {
      text += more;
    });
  }
  const address = `http://127.0.0.1:${port}`;
  const processes = (part: string) => processesOf(TMPDIR, part);
  const ended = once(npm, "exit").then(([code]) => code);
  try {
    await work({
      npm,
      output: () => text,
      ended,
      address,
      answers: () => eventually(`an answer of ${address}`, async () => (await fetch(`${address}/-/ready`)).ok),
      processes,
    });
    await eventually("the end of every process", async () => (await processes("")).length === 0, 30_000);
    assert.deepEqual(
      (await readdir(TMPDIR)).filter((name) => name.startsWith("plain-prometheus-")),
      [],
    );
  } finally {
    for (const pid of await processes("")) process.kill(Number(pid), "SIGKILL");
    await rm(TMPDIR, { recursive: true, force: true });
  }
}

async function freePorts(): Promise<readonly number[]> {
  const servers = [createServer().listen(0, "127.0.0.1"), createServer().listen(0, "127.0.0.1")];
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

/** The processes with a text in their environment and another in their command line. */
async function processesOf(environment: string, commandLine: string): Promise<readonly string[]> {
  const contains = async (path: string, text: string) => (await readFile(path, "utf8").catch(() => "")).includes(text);
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const ours = await Promise.all(
    pids.map(
      async (pid) =>
        (await contains(`/proc/${pid}/environ`, environment)) && (await contains(`/proc/${pid}/cmdline`, commandLine)),
    ),
  );
  return pids.filter((_, index) => ours[index]);
}

test.run();
