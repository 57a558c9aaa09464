import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { cacheFolder } from "../cache.js";
import { child } from "../child.js";
import { Failure } from "../failure.js";
import { waitFor } from "../wait.js";
import { hierarchies, makeCgroups, processFiles, settle, systemProcesses } from "./cgroups.js";
import { cacheInNode, type Layout, type Node } from "./layout.js";
import { connect, networkInside } from "./network.js";

/**
 * Sysctls of the whole machine that a kubelet insists on, and the values that it wants. A node shows them to it in
 * place of the machine's own, which so stay as they are.
 * Source: kubelet's setupKernelTunables.
 */
const sysctlsOfKubelet = {
  "vm/overcommit_memory": 1,
  "vm/panic_on_oom": 0,
  "kernel/panic": 10,
  "kernel/panic_on_oops": 1,
  "kernel/keys/root_maxkeys": 1_000_000,
  "kernel/keys/root_maxbytes": 25_000_000,
} as const;

/**
 * Makes a node of a cluster of `count` nodes: a process that does nothing, in namespaces and cgroups of its own. All
 * else of the node is started inside. When its first process ends the kernel ends the others, and takes the node's
 * mounts and interfaces away.
 */
export async function makeNode(layout: Layout, node: Node, count: number): Promise<void> {
  await makeCgroups(node);
  for (const folder of ["run", "var-lib", "var-log"]) {
    await mkdir(join(node.data, folder), { recursive: true });
  }
  await mkdir(node.state, { recursive: true });
  const init = await startInit(node);
  await settle(node);
  await connect(layout, node, init);
  const network = networkInside(layout, node, count);
  for (const command of [["hostname", node.name], ...network, ...(await mounts(layout, node))]) {
    await runInside(node, command);
  }
}

/** What of a node a command sees: all of it, or its files alone, with the machine's own network. */
type Inside = "all" | "files";

/** Runs a command inside a node to its end and returns what it printed. */
export async function runInside(node: Node, command: readonly string[], inside: Inside = "all"): Promise<string> {
  const { code, stdout, output } = await child("nsenter", [...(await entering(node, inside)), ...command]);
  if (code !== 0) throw new Failure(`${command.join(" ")} failed on node ${node.name}: ${output.trim()}`);
  return stdout;
}

/** Starts a command again and again, and writes which processes these are: its own, and the command's. */
const supervisor = `pid=$1; shift
while :; do
  "$@" &
  echo "$$ $!" >"$pid"
  wait $!
  echo "plain-prometheus: it ended with status $?, and is started again" >&2
  sleep 2
done`;

/**
 * Starts a command inside a node, which runs on when this process has ended, and starts again when it ends. Both what
 * starts it and itself are in one process group.
 *
 * @param pidFile - gets the node's own process ids of the two.
 */
export async function superviseInside(
  node: Node,
  command: readonly string[],
  log: string,
  pidFile: string,
): Promise<void> {
  // First into the cgroups: inside the node they go by other paths.
  const enter = `${joining(await processFiles(node, "system"))} && exec nsenter "$@"`;
  const detach = 'log=$1; shift; setsid sh -c "$@" >>"$log" 2>&1 </dev/null & until [ -s "$3" ]; do sleep 0.02; done';
  const inside = ["sh", "-c", detach, "sh", log, supervisor, "sh", pidFile, ...command];
  const { code, output } = await child("sh", ["-c", enter, "sh", ...(await entering(node)), ...inside]);
  if (code !== 0) throw new Failure(`cannot start ${command[0]} on node ${node.name}: ${output.trim()}`);
}

/** The processes of a node that are no pod's: the node's own process ids, and the machine's for each. */
export async function processesInside(node: Node): Promise<Map<number, number>> {
  const pairs = await Promise.all(
    (await systemProcesses(node)).map(async (pid): Promise<[number, number] | undefined> => {
      const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
      const ids = /^NSpid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
      // A zombie has ended; it only waits to be reaped.
      if (ids.length < 2 || /^State:\s+Z/m.test(status)) return undefined;
      return [Number(ids.at(-1)), pid];
    }),
  );
  return new Map(pairs.filter((pair) => pair !== undefined));
}

/** A path of the user's cache as a node sees it. */
export function insideCache(path: string): string {
  return path.replace(cacheFolder(), cacheInNode);
}

/** The first process of a node by the machine's process ids; undefined while the node does not run. */
export async function initOf(node: Node): Promise<number | undefined> {
  const init = (await processesInside(node)).get(1);
  if (init === undefined) return undefined;
  // Until it is tini its namespaces may not be complete.
  return (await readFile(`/proc/${init}/comm`, "utf8").catch(() => "")) === "tini\n" ? init : undefined;
}

async function startInit(node: Node): Promise<number> {
  // The cgroup that a process is in when it gets a cgroup namespace is the root of that namespace.
  const join = joining(await processFiles(node, "node"));
  const namespaces = ["--pid", "--fork", "--kill-child", "--mount-proc", "--net", "--cgroup", "--uts", "--ipc"];
  const holder = ["unshare", ...namespaces, "--mount", "--propagation", "private", "tini", "--", "sleep", "infinity"];
  spawn("sh", ["-c", `${join} && exec "$@"`, "sh", ...holder], { cwd: "/", detached: true, stdio: "ignore" }).unref();
  return await waitFor(() => initOf(node), {
    seconds: 10,
    pauseMilliseconds: 20,
    otherwise: () =>
      new Failure(`node ${node.name} gets no namespaces of its own`, `see what this says: ${holder.join(" ")}`),
  });
}

async function entering(node: Node, inside: Inside = "all"): Promise<string[]> {
  const init = await initOf(node);
  if (init === undefined) throw new Failure(`node ${node.name} does not run`, "npm run down, then npm run up");
  const namespaces = inside === "all" ? ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"] : ["--mount"];
  return ["--target", `${init}`, ...namespaces, "--"];
}

/** Shell that moves itself to cgroups. */
function joining(files: readonly string[]): string {
  return files.map((file) => `echo $$ > '${file}'`).join(" && ");
}

/** The commands that turn a copy of the machine's mounts into a node's; `-n`, as /run/mount is not the node's yet. */
async function mounts({ state }: Layout, node: Node): Promise<string[][]> {
  const run = join(node.data, "run");
  const tunables = join(node.state, "sysctl");
  for (const [name, value] of Object.entries(sysctlsOfKubelet)) {
    await mkdir(dirname(join(tunables, name)), { recursive: true });
    await writeFile(join(tunables, name), `${value}\n`);
  }
  return [
    // A sysfs shows the network interfaces of the namespace that mounts it.
    ["mount", "-n", "-t", "sysfs", "sysfs", "/sys"],
    ...(await cgroupMounts()),
    ...Object.keys(sysctlsOfKubelet).map((name) => bind(join(tunables, name), join("/proc/sys", name))),
    ["mount", "-n", "-t", "tmpfs", "-o", "mode=755", "run", run],
    ["mkdir", "-p", join(run, basename(state)), join(run, basename(cacheInNode)), join(run, "lock")],
    bind(state, join(run, basename(state))),
    bind(cacheFolder(), join(run, basename(cacheInNode))),
    ["mount", "-n", "--move", run, "/run"],
    bind(join(node.data, "var-log"), "/var/log"),
    bind(join(node.data, "var-lib"), "/var/lib"),
    // Pods that mount a folder of the node with mountPropagation HostToContainer need it.
    ["mount", "-n", "--make-rshared", "/"],
  ];
}

async function cgroupMounts(): Promise<string[][]> {
  const all = await hierarchies();
  const [unified] = all;
  if (unified?.type === "cgroup2") return [["mount", "-n", "-t", "cgroup2", "cgroup2", "/sys/fs/cgroup"]];
  return [
    ["mount", "-n", "-t", "tmpfs", "-o", "mode=755", "cgroup", "/sys/fs/cgroup"],
    ["mkdir", ...all.map(({ folder }) => folder)],
    ...all.map(({ folder, options }) => ["mount", "-n", "-t", "cgroup", "-o", options, "cgroup", folder]),
  ];
}

function bind(from: string, to: string): string[] {
  return ["mount", "-n", "--bind", from, to];
}
