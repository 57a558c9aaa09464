import { NotBundled, runBundled } from "./lib/bundled.js";

/*
 * `node scripts/bundled.js scripts/generate.ts --check`: for the verbs that have to be quick, in place of
 * `node --import tsx scripts/generate.ts --check`.
 */

process.argv.splice(1, 1);
const [, program = ""] = process.argv;
await runBundled(program).catch((error) => {
  console.error(error instanceof NotBundled ? `error: ${error.message}` : error);
  process.exitCode = 1;
});
