import { readFileSync } from "node:fs";

/**
 * Calls back once when a process that this one runs for has ended: its parent; or, where npm started it, any up to npm,
 * which can be killed without its shell and the processes below noticing.
 */
export function onOrphaned(callback: () => void): void {
  const before = parents().join();
  const timer = setInterval(() => {
    if (parents().join() === before) return;
    clearInterval(timer);
    callback();
  }, 500);
  timer.unref();
}

function parents(): number[] {
  if (process.env.npm_lifecycle_event === undefined) return [process.ppid];
  const chain: number[] = [];
  for (let pid = process.ppid; pid > 1; pid = parentOf(pid)) {
    chain.push(pid);
    if (proc(pid, "cmdline").startsWith("npm")) return chain;
  }
  return [process.ppid];
}

/** The process that started this one; 0 for one that is gone. Source: proc_pid_stat(5) */
function parentOf(pid: number): number {
  const stat = proc(pid, "stat");
  // The second field is the name in parentheses, and the name can contain anything.
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
}

function proc(pid: number, file: "cmdline" | "stat"): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
