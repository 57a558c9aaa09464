import { Misuse } from "../scripts/lib/failure.js";
import { run } from "../scripts/lib/run.js";
import { documents } from "./lib/docs/index.js";
import { checkSection, writeSection } from "./lib/docs/section.js";

const usage = {
  command: `npm run docs -- [${Object.keys(documents).join("|")} ...]`,
  about:
    "Writes the tables and pictures of documents that the generators give: all, or those of the documents that are named.",
  takesOperands: true,
  options: { check: { type: "boolean", default: false, about: "writes nothing, and fails where one drifted" } },
  example: "npm run docs -- --check alerts",
} as const;

await run(usage, async ({ values, positionals }) => {
  const names = positionals.length > 0 ? positionals : Object.keys(documents);
  const work = values.check ? checkSection : writeSection;
  for (const sections of names.map(sectionsOf)) {
    for (const section of await sections()) console.log(await work(section));
  }
});

function sectionsOf(name: string) {
  const sections = documents[name];
  if (sections === undefined) throw new Misuse(`no document "${name}" has tables that are generated`);
  return sections;
}
