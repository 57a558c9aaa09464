import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cluster } from "../scripts/lib/cluster/index.js";
import { Failure } from "../scripts/lib/failure.js";
import { step } from "../scripts/lib/progress.js";
import { root } from "../scripts/lib/project.js";
import { run } from "../scripts/lib/run.js";
import { replaceFile } from "../scripts/lib/write-files.js";
import { writeSection } from "./lib/docs/section.js";
import { type Endured, faults, objections, reliabilityTable, renewed, scene } from "./lib/faults/index.js";

const usage = {
  command: "npm run reliability",
  about:
    "Lets faults happen to overlays/prod on the embedded cluster, and writes what each cost to docs/reliability.md.",
  options: {
    only: { type: "string", takes: "TEXT", about: "the faults with that in their names; the rows of the others stay" },
  },
  example: "npm run reliability -- --only node",
} as const;

await run(usage, async ({ values }) => {
  const chosen = faults.filter(({ name }) => name.includes(values.only ?? ""));
  if (chosen.length === 0)
    throw new Failure(`no fault has ${values.only} in its name`, faults.map(({ name }) => name).join("\n"));
  const { endure, token } = await scene();
  const all: Endured[] = [];
  for (const fault of chosen) {
    const endured = await step(fault.name, () => endure(fault));
    all.push(endured);
    console.error(reliabilityTable([endured]).text.split("\n").at(-1));
  }
  if (values.only === undefined) all.push(await step("waiting for the token", token));
  const section = reliabilityTable(all);
  console.log(section.text);
  const wrong = all.flatMap(objections);
  for (const objection of wrong) console.error(objection);
  if (values.only === undefined) console.log(await writeSection(section));
  else {
    const file = join(root, section.file);
    await replaceFile(file, renewed(await readFile(file, "utf8"), section.text));
    console.log(`${section.file}: ${all.length} of ${faults.length} rows written`);
  }
  if (wrong.length > 0) process.exitCode = 1;
  await cluster.stop();
});
