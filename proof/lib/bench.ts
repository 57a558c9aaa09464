import { readFile } from "node:fs/promises";
import { foreground } from "../../scripts/lib/child.js";
import { Failure } from "../../scripts/lib/failure.js";
import { root } from "../../scripts/lib/project.js";

/** A command whose time is taken. */
export interface Candidate {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Where it runs; absent: the root of the project. */
  readonly cwd?: string;
  /** Runs before each time, and is not part of it. */
  readonly before?: () => Promise<void>;
}

/** What one run took, in seconds. */
export interface Run {
  readonly wall: number;
  /** On all cores together, its child processes included; undefined where the system does not tell. */
  readonly cpu: number | undefined;
}

/**
 * Runs every candidate once in each of so many rounds, so that whatever else the machine does slows all of them alike.
 *
 * @throws Failure that names the candidate, when one does not exit with 0.
 */
export async function rounds(candidates: readonly Candidate[], count: number): Promise<Map<string, Run[]>> {
  const runs = new Map(candidates.map(({ name }): [string, Run[]] => [name, []]));
  for (let round = 0; round < count; round += 1) {
    for (const candidate of candidates) runs.get(candidate.name)?.push(await once(candidate));
  }
  return runs;
}

async function once({ name, command: [program, ...args], cwd = root, before }: Candidate): Promise<Run> {
  await before?.();
  const [started, cpu] = [performance.now(), await childrensCpu()];
  const code = await foreground(program, args, cwd, ["ignore", "ignore", "inherit"]);
  if (code !== 0) throw new Failure(`${name}: ${program} ${args.join(" ")} exited with ${code}`);
  const [wall, after] = [(performance.now() - started) / 1000, await childrensCpu()];
  return { wall, cpu: cpu === undefined || after === undefined ? undefined : after - cpu };
}

/** Seconds that child processes which have ended took, and theirs in turn: fields 16 and 17 of proc_pid_stat(5). */
async function childrensCpu(): Promise<number | undefined> {
  const stat = await readFile("/proc/self/stat", "utf8").catch(() => undefined);
  // The name in the second field may have spaces of its own.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields && (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}

/** `USER_HZ` of Linux, whatever the kernel's own. */
const ticksPerSecond = 100;

/** The middle one of some numbers, or what lies between the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** One line for each candidate: medians in seconds, and how many times as much as the first took. */
export function table(runs: ReadonlyMap<string, readonly Run[]>): string {
  const medians = [...runs].map(([name, all]) => ({
    name,
    wall: median(all.map(({ wall }) => wall)),
    fastest: Math.min(...all.map(({ wall }) => wall)),
    cpu: median(all.map(({ cpu }) => cpu ?? Number.NaN)),
  }));
  const [first] = medians;
  const rows = medians.map(
    ({ name, wall, fastest, cpu }) =>
      [name, seconds(wall), seconds(fastest), seconds(cpu), times(wall, first?.wall), times(cpu, first?.cpu)] as const,
  );
  const head = ["", "median", "fastest", "cpu", "median/first", "cpu/first"] as const;
  const width = Math.max(...medians.map(({ name }) => name.length));
  return [head, ...rows]
    .map(([name, ...numbers]) => [name.padEnd(width), ...numbers.map((text) => text.padStart(12))].join(" "))
    .join("\n");
}

function seconds(number: number): string {
  return Number.isNaN(number) ? "unknown" : `${number.toFixed(2)} s`;
}

function times(number: number, first = Number.NaN): string {
  return Number.isNaN(number / first) ? "unknown" : (number / first).toFixed(2);
}
