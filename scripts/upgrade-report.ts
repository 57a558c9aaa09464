import { parseArgs } from "node:util";
import { Failure, run } from "./lib/failure.js";
import { needsDelete, upgradeReport } from "./lib/upgrade/index.js";
import { upgradeTable } from "./lib/upgrade/table.js";

const usage = "npm run upgrade-report -- OLD NEW [--json], such as: npm run upgrade-report -- v0.1.0 main";

/**
 * `npm run upgrade-report -- OLD NEW [--json]`: what lies between two commits for a cluster that has the older one. Exits
 * with 0 when the new one can just be applied, with 2 when something has to be deleted first.
 */
await run(async () => {
  const { old, now, json } = options();
  const report = await upgradeReport(old, now);
  console.log(json ? JSON.stringify(report, null, 2) : upgradeTable(report));
  process.exitCode = needsDelete(report) ? 2 : 0;
});

function options() {
  const { values, positionals } = read();
  const [old, now, ...more] = positionals;
  if (old === undefined || now === undefined || more.length > 0) {
    throw new Failure("name two commits, the one that you have and the one that you want", usage);
  }
  return { ...values, old, now };
}

function read() {
  try {
    return parseArgs({ allowPositionals: true, options: { json: { type: "boolean", default: false } } });
  } catch (error) {
    throw new Failure((error as Error).message, usage);
  }
}
