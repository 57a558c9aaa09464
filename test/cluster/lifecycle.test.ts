import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile, readlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import { $ } from "zx";
import { cacheFolder } from "../../scripts/lib/cache.js";
import { type Daemon, pidOf, stopDaemon } from "../../scripts/lib/cluster/daemons.js";
import { cluster } from "../../scripts/lib/cluster/index.js";
import { nameVariable, placeOf } from "../../scripts/lib/cluster/layout.js";
import { places, takenLayout } from "../../scripts/lib/cluster/slots.js";
import { root } from "../../scripts/lib/project.js";
import { eventually } from "./lib/eventually.js";

const run = $({ cwd: root, quiet: true, nothrow: true });

test.before(async () => {
  await cluster.stop();
});

test("npm run down leaves nothing of a cluster that runs", async () => {
  const before = await traces();
  const { exitCode } = await run`npm run -s up`;
  assert.equal(exitCode, 0);
  assert.notDeepEqual(since(before, await traces()), [], "no trace of a running cluster: the test looks elsewhere");
  assert.equal((await run`npm run -s down`).exitCode, 0);
  assert.deepEqual(since(before, await traces()), []);
});

for (const seconds of [3, 8, 14]) {
  test(`npm run down leaves nothing of a start that was killed after ${seconds} s`, async () => {
    const before = await traces();
    const starting = run`npm run -s up`;
    await sleep(seconds * 1000);
    await starting.kill("SIGKILL");
    await starting;
    const down = await run`npm run -s down`;
    assert.equal(down.exitCode, 0, down.stderr);
    assert.deepEqual(since(before, await traces()), []);
  });
}

test("npm run up starts over after a start that was killed", async () => {
  const starting = run`npm run -s up`;
  await sleep(9000);
  await starting.kill("SIGKILL");
  await starting;
  const again = await run`npm run -s up`;
  assert.equal(again.exitCode, 0, again.stderr);
  assert.match(again.stdout, /\d+ targets up/);
});

test("a part of the control plane that ends is started again", async () => {
  const ended = (await pidOf(await scheduler())) ?? assert.fail("no scheduler runs");
  process.kill(ended, "SIGKILL");
  await eventually("another scheduler", async () => {
    const pid = await pidOf(await scheduler());
    return pid !== undefined && pid !== ended;
  });
});

test("verify names a part of the control plane that is not there, and npm run up starts over", async () => {
  await stopDaemon(await scheduler());
  const { exitCode, stderr } = await run`npm run -s verify -- overlays/devbox`;
  assert.equal(exitCode, 1);
  assert.match(stderr, /is not whole, this has ended: kube-scheduler on node devbox/);
  assert.equal((await run`npm run -s up`).exitCode, 0);
  assert.equal((await run`npm run -s verify -- overlays/devbox`).exitCode, 0);
});

test("a name under which no cluster runs is said, and the running cluster is left alone", async () => {
  const { stdout } = await run`npm run -s down -- --name nobody`;
  assert.match(stdout, /no embedded cluster was here of the name nobody/);
  assert.ok(await cluster.current(), "the embedded cluster is gone");
});

test("a context that does not exist is named, and the running cluster is left alone", async () => {
  const { exitCode, stderr } = await run`npm run -s up -- --context no-such-context`;
  assert.equal(exitCode, 1);
  assert.match(stderr, /there is no context no-such-context/);
  assert.ok(await cluster.current(), "the embedded cluster is gone");
});

test("an overlay that does not exist is named", async () => {
  const { exitCode, stderr } = await run`npm run -s up -- --overlay overlays/nowhere`;
  assert.equal(exitCode, 1);
  assert.match(stderr, /overlays\/nowhere has no kustomization\.yaml/);
});

async function scheduler(): Promise<Daemon> {
  const daemons = (await cluster.current())?.daemons ?? assert.fail("the embedded cluster is gone");
  return daemons.find(({ name }) => name === "kube-scheduler") ?? assert.fail("it has no kube-scheduler");
}

/** What is there that was not there before. */
function since(before: readonly string[], after: readonly string[]): string[] {
  return after.filter((trace) => !before.includes(trace));
}

/**
 * What a cluster would leave on this machine: programs, mounts, interfaces, routes, namespaces, cgroups, folders; without
 * what clusters of other names have, which come and go meanwhile.
 */
async function traces(): Promise<string[]> {
  const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" ")[1] ?? "");
  const lines = async (command: Promise<{ stdout: string }>) => (await command).stdout.split("\n").filter(Boolean);
  const { id, state, data } = placeOf();
  const others = await Promise.all(
    (await places()).filter((place) => place.id !== id).map((place) => takenLayout(place)),
  );
  const links = others.flatMap((one) => (one ? [one.network.bridge, ...one.nodes.map(({ cable }) => cable)] : []));
  const isOurs = (line: string) => !links.some((link) => line.split(" ").includes(link));
  return [
    ...(await programs()).map((path) => `program ${path}`),
    ...mounts.filter((path) => /plain-prometheus|kubelet|containerd|netns/.test(path)).map((path) => `mount ${path}`),
    ...(await readdir("/sys/class/net")).filter(isOurs).map((name) => `interface ${name}`),
    ...(await lines(run`ip route`)).filter(isOurs).map((line) => `route ${line}`),
    ...(await lines(run`ip netns list`)).map((line) => `network namespace ${line}`),
    ...(await lines(run`find /sys/fs/cgroup -type d -path ${`*/${id}*`}`))
      .filter((path) => path.split("/").includes(id))
      .map((path) => `cgroup ${path}`),
    ...[state, data, "/run/containerd"].filter((path) => existsSync(path)).map((path) => `folder ${path}`),
  ];
}

/** Programs out of the cache that run, found by what they are and not by their names, and not started for another cluster. */
async function programs(): Promise<string[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const paths = await Promise.all(
    ids.map(async (id) => {
      const environment = await environmentOf(id);
      const name = environment.find((line) => line.startsWith(`${nameVariable}=`))?.split("=")[1];
      return name === process.env[nameVariable] ? await readlink(`/proc/${id}/exe`).catch(() => "") : "";
    }),
  );
  return paths.filter((path) => path.startsWith(cacheFolder()) || path.startsWith("/run/plain-prometheus")).sort();
}

/** A process that is just becoming another program has none for a moment. */
async function environmentOf(id: string): Promise<string[]> {
  const read = () => readFile(`/proc/${id}/environ`, "utf8").catch(() => "");
  const first = await read();
  if (first === "") await sleep(200);
  return (first || (await read())).split("\0");
}

test.run();
