import { parseArgs } from "node:util";
import { documents } from "./lib/docs/index.js";
import { checkSection, type Section, writeSection } from "./lib/docs/section.js";
import { Failure, run } from "./lib/failure.js";

const usage = `npm run docs -- [--check] [${Object.keys(documents).join("|")} ...]`;

/**
 * `npm run docs`: writes the tables of docs/ that the generators give, or those of the documents that are named. With
 * `--check` it writes nothing and fails where one drifted.
 */
await run(async () => {
  const { check, names } = options();
  const work = check ? checkSection : writeSection;
  for (const section of names.flatMap(sectionsOf)) console.log(await work(section));
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

function sectionsOf(name: string): readonly Section[] {
  const sections = documents[name];
  if (sections === undefined) throw new Failure(`no document "${name}" has tables that are generated`, usage);
  return sections();
}
