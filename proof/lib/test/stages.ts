import { foreground } from "../../../scripts/lib/child.js";
import { root } from "../../../scripts/lib/project.js";
import { bare } from "./bare.js";
import { type Count, runUvu, runUvuBeside, sum, testFiles } from "./uvu.js";

/** A part of `npm test` that can be run alone. */
export interface Stage {
  readonly name: string;
  /** About how long it takes on two cores with everything built. */
  readonly expectedSeconds: number;
  /** Whether only who names it gets it. */
  readonly byNameOnly?: boolean;
  /** The next stage, where it leaves enough of the processor for both at once. */
  readonly beside?: string;
  /** @param isBeside - whether the next stage runs meanwhile */
  readonly run: (isBeside: boolean) => Promise<Count>;
}

/** Every stage, in the order of a run: what a machine that never built anything would see, then the cheap ones. */
export const stages: readonly Stage[] = [
  { name: "bare", expectedSeconds: 60, run: () => bare() },
  { name: "types", expectedSeconds: 5, run: () => command("npx", ["tsc"]) },
  { name: "lint", expectedSeconds: 2, run: () => command("npx", ["biome", "check", "--error-on-warnings"]) },
  { name: "drift", expectedSeconds: 4, run: drift },
  { name: "unit", expectedSeconds: 20, run: unit },
  // Live tests leave a quarter of two cores.
  { name: "build", expectedSeconds: 370, beside: "live", run: build },
  { name: "live", expectedSeconds: 1790, run: live },
  { name: "smoke", expectedSeconds: 120, byNameOnly: true, run: smoke },
];

/** Two halves at once: much of the time goes into loading them, which one core does. */
async function unit(): Promise<Count> {
  const half = [...(await testFiles("test/docs")), ...(await testFiles("test/scripts"))];
  return await runUvuBeside(half, await testFiles("test", ["build", "cluster", "docs", "scripts", "smoke"]));
}

/** Three files, in which one program works for minutes, beside all others. */
async function build(isBeside: boolean): Promise<Count> {
  const long = ["rules", "cost-replay", "panels"].map((name) => `test/build/${name}.test.ts`);
  const others = (await testFiles("test/build")).filter((file) => !long.includes(file));
  return await runUvuBeside(others, long, isBeside && canRunClusters());
}

/** Whatever a script writes is committed as it writes it. */
async function drift(): Promise<Count> {
  const counts: Count[] = [];
  for (const verb of ["generate", "docs"]) counts.push(await command("npm", ["run", "-s", verb, "--", "--check"]));
  return sum(counts);
}

/**
 * The lanes side by side, in each one file after the other, in a process of its own: a live test that dies must not take
 * the others along. What an earlier run or another checkout left on this machine goes first, and nothing stays behind.
 */
async function live(): Promise<Count> {
  const files = await testFiles("test/cluster");
  if (!canRunClusters()) return withoutClusters(files.length);
  // Loaded late, since no other stage needs them.
  const { cluster } = await import("../../../scripts/lib/cluster/index.js");
  const { lanes, runLane } = await import("./lanes.js");
  const { toolchain } = await import("../../../scripts/lib/toolchain/index.js");
  await cluster.stopAll();
  // Beside a compiler, scrapes are late. Where a build fails, the tests that need it say why.
  await toolchain.provideAll().catch(() => undefined);
  try {
    return sum(await Promise.all(lanes.map(runLane)));
  } finally {
    await cluster.stopAll();
  }
}

/** The least that shows that a checkout works: a cluster that starts, is verified, answers a query, and goes. */
async function smoke(): Promise<Count> {
  if (!canRunClusters()) return withoutClusters(1);
  return await runUvu(["test/smoke/smoke.test.ts"], { PLAIN_PROMETHEUS_CLUSTER: "smoke" });
}

function canRunClusters(): boolean {
  return process.platform === "linux" && process.getuid?.() === 0;
}

function withoutClusters(skipped: number): Count {
  console.error("the live tests are skipped: they start a Kubernetes, which takes Linux and root");
  return { passed: 0, failed: 0, skipped, problems: [] };
}

/** A command that counts as one test: passed when it exits with 0. */
async function command(name: string, args: readonly string[]): Promise<Count> {
  const code = await foreground(name, args, root);
  return code === 0
    ? { passed: 1, failed: 0, skipped: 0, problems: [] }
    : { passed: 0, failed: 1, skipped: 0, problems: [`${name} ${args.join(" ")} exited with ${code}`] };
}
