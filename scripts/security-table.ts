import { parseArgs } from "node:util";
import { checkSection, writeSection } from "./lib/docs/section.js";
import { connectionsSection, permissionsSection } from "./lib/docs/security.js";
import { run } from "./lib/failure.js";

/** `npm run docs:security`: writes the tables of docs/security.md. With `--check` it writes nothing and fails where one drifted. */
await run(async () => {
  const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
  const work = values.check ? checkSection : writeSection;
  for (const section of [permissionsSection(), connectionsSection()]) console.log(await work(section));
});
