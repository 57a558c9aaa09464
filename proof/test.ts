import { parseArgs } from "node:util";
import { chalk } from "zx";
import { Failure, run } from "../scripts/lib/failure.js";
import { duration } from "../scripts/lib/progress.js";
import { type Stage, stages } from "./lib/test/stages.js";
import { type Count, sum } from "./lib/test/uvu.js";

/**
 * `npm test`: every stage in order, cheapest first; `npm test -- unit live` runs those alone. Its last line counts all
 * that ran. Exit code 0 only when nothing failed, and on CI only when nothing was skipped either.
 */
await run(async () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const chosen = positionals.length === 0 ? stages : positionals.map(stageNamed);
  const began = Date.now();
  const counts: Count[] = [];
  for (const { name, expectedSeconds, run } of chosen) {
    console.log(chalk.bold(`== ${name}`) + chalk.dim(` (about ${duration(expectedSeconds)})`));
    const started = Date.now();
    const count = await run();
    counts.push(count);
    for (const problem of count.problems) console.error(`${chalk.red("problem:")} ${problem}`);
    const result = count.failed === 0 ? chalk.green("green") : chalk.red("red");
    console.log(chalk.dim(`== ${name}: `) + result + chalk.dim(` after ${duration((Date.now() - started) / 1000)}\n`));
  }
  const { passed, failed, skipped } = sum(counts);
  if (failed > 0 || passed === 0 || (skipped > 0 && process.env.CI === "true")) process.exitCode = 1;
  console.log(`took ${duration((Date.now() - began) / 1000)}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
});

function stageNamed(name: string): Stage {
  const stage = stages.find((stage) => stage.name === name);
  if (stage === undefined) {
    throw new Failure(`no stage "${name}"`, `stages: ${stages.map(({ name }) => name).join(", ")}`);
  }
  return stage;
}
