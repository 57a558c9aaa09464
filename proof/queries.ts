import { parseArgs } from "node:util";
import { defaults, milliseconds } from "../generators/settings/index.js";
import { Failure, run } from "../scripts/lib/failure.js";
import { withSamples } from "./lib/catalogue/samples.js";
import { writeSection } from "./lib/docs/section.js";
import { asking } from "./lib/queries/ask.js";
import { askUntilAnswered, objections, queries } from "./lib/queries/index.js";
import { answersTable, costOf, costTable, emptyTable } from "./lib/queries/report.js";
import { embeddedCluster, serviceAddress } from "./lib/queries/where.js";

/**
 * `npm run queries`: asks the embedded cluster with overlays/devbox for every recording rule and every panel, while it has
 * samples of everything, and prints what came and what it costs. With `--write` it goes into docs/queries.md. Exits with 0 only when nothing is missing.
 */
await run(async () => {
  const { write } = options();
  const kubectl = await embeddedCluster();
  const address = await serviceAddress(kubectl, "prometheus", defaults.namespace);
  const prometheus = asking(address, milliseconds(defaults.scrapeInterval));
  const asked = await withSamples(kubectl, () => askUntilAnswered(queries(defaults), prometheus, 180_000));
  const wrong = [...objections(asked), ...(await prometheus.unhealthyGroups())];
  const parts = [
    { name: "answers", text: answersTable(asked) },
    { name: "empty", text: emptyTable(asked) },
    { name: "cost", text: costTable(await costOf(asked, prometheus)) },
  ];
  if (!write) console.log(parts.map(({ text }) => text).join("\n\n"));
  if (wrong.length > 0)
    throw new Failure(wrong.join("\n"), "wait until every rule was evaluated, or declare why it is so");
  if (!write) return;
  const section = { file: "docs/queries.md", command: "npm run queries -- --write" };
  for (const part of parts) console.log(await writeSection({ ...section, ...part }));
});

function options(): { readonly write: boolean } {
  try {
    return parseArgs({ options: { write: { type: "boolean", default: false } } }).values;
  } catch (error) {
    throw new Failure((error as Error).message, "npm run queries -- [--write]");
  }
}
