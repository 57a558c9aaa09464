import { parseArgs } from "node:util";
import { Failure, run } from "../scripts/lib/failure.js";
import { documents } from "./lib/docs/index.js";
import { checkSection, writeSection } from "./lib/docs/section.js";

const usage = `npm run docs -- [--check] [${Object.keys(documents).join("|")} ...]`;

/**
 * `npm run docs`: writes the tables and pictures of docs/ that the generators give, or those of the documents that are named. With
 * `--check` it writes nothing and fails where one drifted.
 */
await run(async () => {
  const { check, names } = options();
  const work = check ? checkSection : writeSection;
  for (const sections of names.map(sectionsOf)) {
    for (const section of await sections()) console.log(await work(section));
  }
});

function options(): { check: boolean; names: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { check: { type: "boolean", default: false } },
    });
    return { check: values.check, names: positionals.length > 0 ? positionals : Object.keys(documents) };
  } catch (error) {
    throw new Failure((error as Error).message, usage);
  }
}

function sectionsOf(name: string) {
  const sections = documents[name];
  if (sections === undefined) throw new Failure(`no document "${name}" has tables that are generated`, usage);
  return sections;
}
