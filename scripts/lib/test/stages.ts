import { spawn } from "node:child_process";
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
  { name: "drift", expectedSeconds: 2, run: () => command("npm", ["run", "-s", "generate", "--", "--check"]) },
  { name: "unit", expectedSeconds: 8, run: async () => runUvu(await testFiles("test", ["build", "cluster"])) },
  { name: "build", expectedSeconds: 60, run: async () => runUvu(await testFiles("test/build")) },
  { name: "live", expectedSeconds: 600, run: live },
];

/** One file after the other, each in a process of its own: a live test that dies must not take the others along. */
async function live(): Promise<Count> {
  const counts: Count[] = [];
  for (const file of await testFiles("test/cluster")) counts.push(await runUvu([file]));
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
    skipped: counts.reduce((sum, { skipped }) => sum + skipped, 0),
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
