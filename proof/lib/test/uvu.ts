import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { root } from "../../../scripts/lib/project.js";

/** How many tests of a run passed, failed and were skipped, and what else was wrong with it. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly problems: readonly string[];
}

/** The test files below a folder, from the root of the project, without those below an ignored subfolder. */
export async function testFiles(folder: string, ignored: readonly string[] = []): Promise<string[]> {
  const paths = await readdir(join(root, folder), { recursive: true });
  return paths
    .filter((path) => path.endsWith(".test.ts") && !ignored.some((name) => path.startsWith(`${name}/`)))
    .map((path) => join(folder, path))
    .sort();
}

/** Runs test files in one process, one after the other, shows what they print, and counts. */
export async function runUvu(files: readonly string[], show = print): Promise<Count> {
  const names = files.map((file) => file.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(root, "node_modules/uvu/bin.js"), ".", `^(${names.join("|")})$`, "-i", "node_modules"],
    { cwd: root, stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    show(text);
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject).on("close", (status) => resolve(status ?? 1));
  });
  return count(stripVTControlCharacters(output), files, code);
}

/**
 * Runs groups of test files side by side, each in a process of its own, and counts. What the second and later groups
 * print is shown when the first has ended.
 */
export async function runUvuTogether(
  first: readonly string[],
  ...others: readonly (readonly string[])[]
): Promise<Count> {
  const later = others.map(async (files) => {
    let output = "";
    const count = await runUvu(files, (text) => {
      output += text;
    });
    return { count, output };
  });
  const counts = [await runUvu(first)];
  for (const { count, output } of await Promise.all(later)) {
    print(output);
    counts.push(count);
  }
  return sum(counts);
}

/** Several counts as one. */
export function sum(counts: readonly Count[]): Count {
  const total = (key: "passed" | "failed" | "skipped") => counts.reduce((all, count) => all + count[key], 0);
  return {
    passed: total("passed"),
    failed: total("failed"),
    skipped: total("skipped"),
    problems: counts.flatMap(({ problems }) => problems),
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
