import { Misuse } from "./lib/failure.js";
import { run } from "./lib/run.js";
import { needsDelete, upgradeReport } from "./lib/upgrade/index.js";
import { upgradeTable } from "./lib/upgrade/table.js";

const usage = {
  command: "npm run upgrade-report -- OLD [NEW]",
  about: "What lies between two commits for a cluster that has the older one. Without NEW it is what is in the folder.",
  takesOperands: true,
  options: { json: { type: "boolean", default: false, about: "prints it for a program" } },
  exits: { 0: "the new one can just be applied", 2: "something has to be deleted first" },
  example: "npm run upgrade-report -- HEAD~1 HEAD",
} as const;

await run(usage, async ({ values: { json }, positionals: [old, now, ...more] }) => {
  if (old === undefined || more.length > 0) {
    throw new Misuse("name the commit that the cluster has, and the one that you want");
  }
  const report = await upgradeReport(old, now);
  console.log(json ? JSON.stringify(report, null, 2) : upgradeTable(report));
  process.exitCode = needsDelete(report) ? 2 : 0;
});
