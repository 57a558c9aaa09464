import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { nameVariable } from "../../../scripts/lib/cluster/layout.js";
import { root } from "../../../scripts/lib/project.js";
import { type BundledTests, withBundledTests } from "./bundle.js";

/** How long a test took; `test` is `(before)` and `(after)` for what a file does before its first one and after its last. */
export interface Took {
  /** From the root of the project. */
  readonly file: string;
  readonly test: string;
  readonly seconds: number;
}

/** The file descriptor on which a process of tests says what took how long, each {@link Took} as a line of JSON. */
export const tookDescriptor = 3;

/** How many tests of a run passed, failed and were skipped, and what else was wrong with it. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly problems: readonly string[];
  readonly took?: readonly Took[];
}

/** The test files below a folder, from the root of the project, without those below an ignored subfolder. */
export async function testFiles(folder: string, ignored: readonly string[] = []): Promise<string[]> {
  const paths = await readdir(join(root, folder), { recursive: true });
  return paths
    .filter((path) => path.endsWith(".test.ts") && !ignored.some((name) => path.startsWith(`${name}/`)))
    .map((path) => join(folder, path))
    .sort();
}

/**
 * Runs test files in one process, one after the other, shows what they print, and counts.
 *
 * @param environment - of the process, beside this one's; undefined takes a variable away.
 */
export async function runUvu(files: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Count> {
  return await withBundledTests(files, (bundle) => runIn(bundle, files, print, environment));
}

/** Runs test files as {@link runUvu} does, and shows what they print when they have ended: others run beside them. */
export async function runUvuAside(files: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Count> {
  return await withBundledTests(files, (bundle) => aside((show) => runIn(bundle, files, show, environment)));
}

/**
 * Runs two groups of test files at once, in a process each. What both load is bundled once.
 *
 * @param behind - at low priority, because others run meanwhile. What they print comes at the end, and of clusters they see
 * one of their own name, which does not run.
 */
export async function runUvuBeside(
  files: readonly string[],
  others: readonly string[],
  behind = false,
): Promise<Count> {
  return await withBundledTests([...files, ...others], async (bundle) => {
    const environment = behind ? { [nameVariable]: "build" } : {};
    const run = (group: readonly string[]) => (show: (text: string) => void) =>
      runIn(bundle, group, show, environment, behind);
    return sum(await Promise.all([behind ? aside(run(files)) : run(files)(print), aside(run(others))]));
  });
}

/**
 * What starts a command at low priority, and ends all that it started when this process ends. Linux may share the processor
 * among sessions first, so the session gets a low priority, too.
 * Source: https://man7.org/linux/man-pages/man7/sched.7.html (autogroup)
 */
export const behindOthers = [
  ...["setpriv", "--pdeathsig", "TERM", "--", "sh", "-c"],
  [
    "{ echo 10 > /proc/self/autogroup; } 2> /dev/null",
    'trap "trap - TERM; kill -- -$$" TERM',
    'nice -n 10 "$@" & wait $!',
  ].join("\n"),
  "sh",
];

async function aside(run: (show: (text: string) => void) => Promise<Count>): Promise<Count> {
  let output = "";
  const count = await run((text) => {
    output += text;
  });
  print(output);
  return count;
}

async function runIn(
  { folder, before }: BundledTests,
  files: readonly string[],
  show: (text: string) => void,
  environment: NodeJS.ProcessEnv = {},
  behind = false,
): Promise<Count> {
  const names = files.map((file) => file.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/ts$/, "mjs"));
  const [command = "", ...start] = [...(behind ? behindOthers : []), process.execPath];
  const child = spawn(
    command,
    [
      ...start,
      // Room for what dies young: most tests make much that they throw away.
      ...[
        "--max-semi-space-size=64",
        "--enable-source-maps",
        "--import",
        before,
        join(root, "node_modules/uvu/bin.js"),
      ],
      ...[folder, `^(${names.join("|")})$`],
    ],
    // Detached is in a session of its own.
    {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      detached: behind,
    },
  );
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    const named = text.replaceAll(".test.mjs", ".test.ts");
    output += named;
    show(named);
  });
  child.stderr?.setEncoding("utf8").on("data", show);
  const took = lines(child.stdio[tookDescriptor] as Readable);
  const [code] = await once(child, "close");
  return {
    ...count(stripVTControlCharacters(output), files, code ?? 1),
    took: (await took).map((line) => JSON.parse(line) as Took),
  };
}

async function lines(stream: Readable): Promise<string[]> {
  return (await text(stream)).split("\n").filter(Boolean);
}

/** Several counts as one. */
export function sum(counts: readonly Count[]): Count {
  const total = (key: "passed" | "failed" | "skipped") => counts.reduce((all, count) => all + count[key], 0);
  return {
    passed: total("passed"),
    failed: total("failed"),
    skipped: total("skipped"),
    problems: counts.flatMap(({ problems }) => problems),
    took: counts.flatMap(({ took = [] }) => took),
  };
}

function print(text: string): void {
  process.stdout.write(text);
}

/**
 * Reads the counts off what uvu printed. uvu itself exits 0 when a file forgets `test.run()` and when a `before` hook
 * throws: both are a failure here.
 */
export function count(output: string, files: readonly string[], code: number): Count {
  const total = last(output, /^ {2}Total: +(\d+)$/gm);
  const passed = last(output, /^ {2}Passed: +(\d+)$/gm) ?? 0;
  const skipped = last(output, /^ {2}Skipped: +(\d+)$/gm) ?? 0;
  const problems = [
    ...(total === undefined ? ["the run ended before its tests did"] : []),
    ...files.filter((file) => !ran(output, file)).map((file) => `${file} ran no test: does it end with test.run()?`),
  ];
  const red = (total ?? passed) - passed;
  if (code !== 0 && red === 0 && problems.length === 0) problems.push(`the run exited with ${code}`);
  return { passed, failed: red + problems.length, skipped, problems };
}

function ran(output: string, file: string): boolean {
  const lines = output.split("\n");
  const start = lines.findIndex((line) => line.endsWith(basename(file)) && file.endsWith(line.trim()));
  if (start < 0) return false;
  const end = lines.findIndex((line, index) => index > start && line.trim().endsWith(".test.ts"));
  return lines.slice(start + 1, end < 0 ? undefined : end).some((line) => /\(\d+ \/ [1-9]\d*\)\s*$/.test(line));
}

function last(output: string, pattern: RegExp): number | undefined {
  const text = [...output.matchAll(pattern)].at(-1)?.[1];
  return text === undefined ? undefined : Number(text);
}
