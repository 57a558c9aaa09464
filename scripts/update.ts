import { Failure, Misuse } from "./lib/failure.js";
import { writeBase } from "./lib/generate.js";
import { installed } from "./lib/own-repository/update.js";
import { readCatalogues } from "./lib/read-catalogues.js";
import { run } from "./lib/run.js";
import { needsDelete, upgradeReport } from "./lib/upgrade/index.js";
import { upgradeTable } from "./lib/upgrade/table.js";
import { commitOf } from "./lib/upgrade/tree.js";

const usage = {
  command: "npx plain-prometheus update [VERSION]",
  about:
    "Installs another version of the package, generates base/ with it, and says what that changes against what is committed.\n" +
    "VERSION is a file of the package, or a version that the registry has. Without it the installed one is taken.",
  takesOperands: true,
  options: {
    catalogues: { type: "string", takes: "FOLDER", about: "those of the older version, which an update hands on" },
    json: { type: "boolean", default: false, about: "prints the report for a program" },
  },
  exits: { 0: "the new one can just be applied", 2: "something has to be deleted first" },
  example: "npx plain-prometheus update ../plain-prometheus-0.2.0.tgz",
} as const;

await run(usage, async ({ values: { catalogues, json }, positionals: [version, ...more] }) => {
  if (more.length > 0) throw new Misuse("name one version");
  await commitOf("HEAD").catch(() => {
    throw new Failure("an update is compared with what is committed, and nothing is", "commit all of it, then update");
  });
  if (version !== undefined) {
    process.exitCode = await installed(version, json ? ["--json"] : []);
    return;
  }
  console.error(await writeBase());
  const before = catalogues === undefined ? {} : { before: await readCatalogues(catalogues) };
  const report = await upgradeReport("HEAD", undefined, before);
  console.log(json ? JSON.stringify(report, null, 2) : upgradeTable(report));
  process.exitCode = needsDelete(report) ? 2 : 0;
});
