import { spawn } from "node:child_process";
import { cluster } from "../cluster/index.js";
import { root } from "../project.js";
import { type Count, runUvu, testFiles } from "./uvu.js";

/** A part of `npm test` that can be run alone. */
export interface Stage {
  readonly name: string;
  /** About how long it takes on two cores with everything built. */
  readonly expectedSeconds: number;
  readonly run: () => Promise<Count>;
}

/** Every stage, cheapest first. */
export const stages: readonly Stage[] = [
  { name: "types", expectedSeconds: 5, run: () => command("npx", ["tsc"]) },
  { name: "lint", expectedSeconds: 2, run: () => command("npx", ["biome", "check", "--error-on-warnings"]) },
  { name: "drift", expectedSeconds: 4, run: drift },
  { name: "unit", expectedSeconds: 8, run: async () => runUvu(await testFiles("test", ["build", "cluster"])) },
  { name: "build", expectedSeconds: 60, run: async () => runUvu(await testFiles("test/build")) },
  { name: "live", expectedSeconds: 600, run: live },
];

/** Whatever a script writes is committed as it writes it. */
async function drift(): Promise<Count> {
  const counts: Count[] = [];
  for (const verb of ["generate", "docs"]) counts.push(await command("npm", ["run", "-s", verb, "--", "--check"]));
  return sum(counts);
}

/**
 * One file after the other, each in a process of its own: a live test that dies must not take the others along.
 * What an earlier run or another checkout left on this machine goes first, and nothing stays behind.
 */
async function live(): Promise<Count> {
  const files = await testFiles("test/cluster");
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    console.error("the live tests are skipped: they start a Kubernetes, which takes Linux and root");
    return { passed: 0, failed: 0, skipped: files.length, problems: [] };
  }
  await cluster.stop();
  try {
    const counts: Count[] = [];
    for (const file of files) counts.push(await runUvu([file]));
    return sum(counts);
  } finally {
    await cluster.stop();
  }
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

/** A command that counts as one test: passed when it exits with 0. */
async function command(name: string, args: readonly string[]): Promise<Count> {
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn(name, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject).on("close", (status) => resolve(status ?? 1));
  });
  return code === 0
    ? { passed: 1, failed: 0, skipped: 0, problems: [] }
    : { passed: 0, failed: 1, skipped: 0, problems: [`${name} ${args.join(" ")} exited with ${code}`] };
}
