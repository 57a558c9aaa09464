import { chalk } from "zx";
import { Failure } from "../scripts/lib/failure.js";
import { duration } from "../scripts/lib/progress.js";
import { run } from "../scripts/lib/run.js";
import { type Stage, stages } from "./lib/test/stages.js";
import { type Count, sum, type Took } from "./lib/test/uvu.js";

const usage = {
  command: "npm test -- [STAGE ...]",
  about: `Runs every stage but smoke, one after the other and build beside live, or those that are named: ${stages.map(({ name }) => name).join(", ")}. Its last line counts all that ran.`,
  takesOperands: true,
  options: {},
  exits: { 0: "nothing failed, and on CI nothing was skipped either" },
  example: "npm test -- unit live",
} as const;

await run(usage, async ({ positionals }) => {
  const chosen =
    positionals.length === 0 ? stages.filter(({ byNameOnly }) => !byNameOnly) : positionals.map(stageNamed);
  const began = Date.now();
  const groups: Stage[][] = [];
  for (const stage of chosen) {
    const last = groups.at(-1);
    if (last?.at(-1)?.beside === stage.name) last.push(stage);
    else groups.push([stage]);
  }
  const counts: Count[] = [];
  for (const group of groups) {
    // One that throws must not take along what another one counts meanwhile.
    const ended = await Promise.allSettled(group.map((stage, index) => runStage(stage, index + 1 < group.length)));
    for (const one of ended) {
      if (one.status === "rejected") throw one.reason;
      counts.push(one.value);
    }
  }
  const { passed, failed, skipped, took = [] } = sum(counts);
  if (failed > 0 || passed === 0 || (skipped > 0 && process.env.CI === "true")) process.exitCode = 1;
  if (took.length > 0) console.log(`${times(took)}\n`);
  console.log(`took ${duration((Date.now() - began) / 1000)}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
});

async function runStage({ name, expectedSeconds, run }: Stage, isBeside: boolean): Promise<Count> {
  console.log(
    chalk.bold(`== ${name}`) +
      chalk.dim(` (about ${duration(expectedSeconds)}${isBeside ? " alone, longer beside the next" : ""})`),
  );
  const started = Date.now();
  const count = await run(isBeside);
  for (const problem of count.problems) console.error(`${chalk.red("problem:")} ${problem}`);
  const result = count.failed === 0 ? chalk.green("green") : chalk.red("red");
  console.log(chalk.dim(`== ${name}: `) + result + chalk.dim(` after ${duration((Date.now() - started) / 1000)}\n`));
  return count;
}

/** Seconds by file, those of less than one left out, and the ten slowest tests. */
function times(took: readonly Took[]): string {
  const files = new Map<string, number>();
  for (const { file, seconds } of took) files.set(file, (files.get(file) ?? 0) + seconds);
  const byFile = [...files].map(([what, seconds]) => ({ what, seconds })).filter(({ seconds }) => seconds >= 1);
  const byTest = took.map(({ file, test, seconds }) => ({ what: `${file}: ${test}`, seconds }));
  const lines = (all: readonly { what: string; seconds: number }[]) =>
    all
      .toSorted((left, right) => right.seconds - left.seconds)
      .map(({ what, seconds }) => `${duration(seconds).padStart(8)}  ${what}`);
  return ["by file", ...lines(byFile), "the ten slowest tests", ...lines(byTest).slice(0, 10)].join("\n");
}

function stageNamed(name: string): Stage {
  const stage = stages.find((stage) => stage.name === name);
  if (stage === undefined) {
    throw new Failure(`no stage "${name}"`, `stages: ${stages.map(({ name }) => name).join(", ")}`);
  }
  return stage;
}
