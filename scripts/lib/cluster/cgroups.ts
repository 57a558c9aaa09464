import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Failure } from "../failure.js";
import { waitFor } from "../wait.js";
import type { Node, Place } from "./layout.js";

/** A mounted cgroup hierarchy; `options` is what mounts it again elsewhere. */
interface Hierarchy {
  readonly type: "cgroup" | "cgroup2";
  readonly folder: string;
  readonly options: string;
}

/**
 * The hierarchies of this machine: every one of version 1 where there are any, else the unified one.
 * Source: https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
 */
export function hierarchiesOf(mountinfo: string): Hierarchy[] {
  const all = mountinfo.split("\n").flatMap((line): Hierarchy[] => {
    const [mount = "", filesystem = ""] = line.split(" - ");
    const [type, , options = ""] = filesystem.split(" ");
    const folder = mount.split(" ")[4] ?? "";
    if (type !== "cgroup" && type !== "cgroup2") return [];
    const own = options.split(",").filter((option) => option !== "rw" && option !== "ro");
    // A named hierarchy has no controller, which mount wants to be told.
    if (own.some((option) => option.startsWith("name="))) own.unshift("none");
    return [{ type, folder, options: own.join(",") }];
  });
  const first = all.filter(({ type }) => type === "cgroup");
  return first.length > 0 ? first : all;
}

export async function hierarchies(): Promise<Hierarchy[]> {
  const found = hierarchiesOf(await readFile("/proc/self/mountinfo", "utf8"));
  if (found.length > 0) return found;
  throw new Failure("no cgroup hierarchy is mounted on this machine", "mount -t cgroup2 none /sys/fs/cgroup");
}

/** The file of each hierarchy that a process writes its id to, to be in a node's cgroup, or in `system` below it. */
export async function processFiles(node: Node, group: "node" | "system"): Promise<string[]> {
  const groupOf = group === "node" ? nodeGroup : systemGroup;
  return (await hierarchies()).map(({ folder }) => join(groupOf(folder, node), "cgroup.procs"));
}

/** Makes a node's cgroup in every hierarchy, and in it `system` for what is no pod. */
export async function makeCgroups(node: Node): Promise<void> {
  for (const { type, folder } of await hierarchies()) {
    let parent = folder;
    for (const group of [dirname(nodeGroup(folder, node)), nodeGroup(folder, node), systemGroup(folder, node)]) {
      if (type === "cgroup2" && parent !== nodeGroup(folder, node)) await enableControllers(parent);
      await mkdir(group, { recursive: true });
      // A new cpuset has neither processors nor memory, and no process can be put in it.
      if (type === "cgroup" && existsSync(join(group, "cpuset.cpus"))) {
        for (const file of ["cpuset.cpus", "cpuset.mems"]) {
          await writeFile(join(group, file), await readFile(join(parent, file)));
        }
      }
      parent = group;
    }
  }
}

/**
 * Moves a node's first processes to `system`, once they have their namespaces: the unified hierarchy wants no processes
 * in a cgroup that passes its controllers on, as the node's must for its pods.
 */
export async function settle(node: Node): Promise<void> {
  for (const { type, folder } of await hierarchies()) {
    for (const pid of await processesIn(nodeGroup(folder, node))) {
      await writeFile(join(systemGroup(folder, node), "cgroup.procs"), `${pid}`);
    }
    if (type === "cgroup2") await enableControllers(nodeGroup(folder, node));
  }
}

async function enableControllers(group: string): Promise<void> {
  const controllers = (await readFile(join(group, "cgroup.controllers"), "utf8")).trim().split(" ").filter(Boolean);
  await writeFile(join(group, "cgroup.subtree_control"), controllers.map((name) => `+${name}`).join(" "));
}

/** The processes of a node that are no pod's, by the machine's process ids. */
export async function systemProcesses(node: Node): Promise<number[]> {
  const [first] = await hierarchies();
  if (first === undefined) return [];
  const groups = [nodeGroup(first.folder, node), systemGroup(first.folder, node)];
  return (await Promise.all(groups.map(processesIn))).flat();
}

/** The processes of a node's pods, or of the one pod with that uid, by the machine's process ids. */
export async function podProcesses(node: Node, uid = ""): Promise<number[]> {
  const [first] = await hierarchies();
  if (first === undefined) return [];
  const pods = (await groupsBelow(nodeGroup(first.folder, node))).filter((group) => group.includes(`/pod${uid}`));
  return (await Promise.all(pods.map(processesIn))).flat();
}

/**
 * Ends everything that runs in the cluster's cgroups and removes them: the kernel knows what belongs to the cluster,
 * also after a start that was killed before it could write anything down.
 */
export async function removeCgroups({ id }: Place): Promise<void> {
  const roots = (await hierarchies()).map(({ folder }) => join(folder, id)).filter((root) => existsSync(root));
  let alive = new Set<number>();
  const gone = async () => {
    const groups = (await Promise.all(roots.map(groupsBelow))).flat();
    alive = new Set((await Promise.all(groups.map(processesIn))).flat());
    for (const pid of alive) kill(pid);
    return alive.size === 0 && (await removeAll(groups));
  };
  await waitFor(gone, {
    seconds: 60,
    pauseMilliseconds: 50,
    otherwise: () =>
      new Failure(
        `processes of the embedded cluster do not end: ${[...alive].join(", ")}`,
        "ps -o pid,stat,wchan,args -p PID shows what each waits for",
      ),
  });
}

function nodeGroup(hierarchy: string, node: Node): string {
  return join(hierarchy, node.cgroup);
}

function systemGroup(hierarchy: string, node: Node): string {
  return join(nodeGroup(hierarchy, node), "system");
}

async function processesIn(group: string): Promise<number[]> {
  const text = await readFile(join(group, "cgroup.procs"), "utf8").catch(() => "");
  return text.split("\n").filter(Boolean).map(Number);
}

/** A cgroup and all below it, the deepest first, as they must be removed. */
async function groupsBelow(group: string): Promise<string[]> {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => []);
  const below = entries.filter((entry) => entry.isDirectory()).map((entry) => groupsBelow(join(group, entry.name)));
  return [...(await Promise.all(below)).flat(), group];
}

/** Whether all could be removed: a cgroup is busy for a moment after its last process. */
async function removeAll(groups: readonly string[]): Promise<boolean> {
  let removed = true;
  for (const group of groups) {
    await rmdir(group).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") removed = false;
    });
  }
  return removed;
}

/** Ends a process at once; one that has ended already is no error. */
export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
