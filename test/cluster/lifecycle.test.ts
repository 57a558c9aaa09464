import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile, readlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import { $ } from "zx";
import { cacheFolder } from "../../scripts/lib/cache.js";
import { cluster } from "../../scripts/lib/cluster/index.js";
import { root } from "../../scripts/lib/project.js";

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

/** What is there that was not there before. */
function since(before: readonly string[], after: readonly string[]): string[] {
  return after.filter((trace) => !before.includes(trace));
}

/** What a cluster would leave on this machine: programs, mounts, interfaces, routes, namespaces, cgroups, folders. */
async function traces(): Promise<string[]> {
  const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" ")[1] ?? "");
  const lines = async (command: Promise<{ stdout: string }>) => (await command).stdout.split("\n").filter(Boolean);
  const folders = ["/run/plain-prometheus", "/var/lib/plain-prometheus", "/run/containerd"];
  return [
    ...(await programs()).map((path) => `program ${path}`),
    ...mounts.filter((path) => /plain-prometheus|kubelet|containerd|netns/.test(path)).map((path) => `mount ${path}`),
    ...(await readdir("/sys/class/net")).map((name) => `interface ${name}`),
    ...(await lines(run`ip route`)).filter((line) => line.includes("10.250.")).map((line) => `route ${line}`),
    ...(await lines(run`ip netns list`)).map((line) => `network namespace ${line}`),
    ...(await lines(run`find /sys/fs/cgroup -type d -path ${"*plain-prometheus*"}`)).map((path) => `cgroup ${path}`),
    ...folders.filter((path) => existsSync(path)).map((path) => `folder ${path}`),
  ];
}

/** Programs out of the cache that run, found by what they are and not by their names. */
async function programs(): Promise<string[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const paths = await Promise.all(ids.map((id) => readlink(`/proc/${id}/exe`).catch(() => "")));
  return paths.filter((path) => path.startsWith(cacheFolder()) || path.startsWith("/run/plain-prometheus")).sort();
}

test.run();
