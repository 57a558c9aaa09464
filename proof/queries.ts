import { Failure } from "../scripts/lib/failure.js";
import { run } from "../scripts/lib/run.js";
import { projectSettings } from "../scripts/lib/settings.js";
import { withSamples } from "./lib/catalogue/samples.js";
import { writeSection } from "./lib/docs/section.js";
import { askUntilAnswered, objections, queries, unhealthyGroups } from "./lib/queries/index.js";
import { answersTable, costOf, costTable, emptyTable } from "./lib/queries/report.js";
import { embeddedCluster, livePrometheus } from "./lib/queries/where.js";

const usage = {
  command: "npm run queries",
  about:
    "Asks the embedded cluster with overlays/devbox for every recording rule and every panel, while it has samples of\n" +
    "everything, and prints what came and what it costs.",
  options: { write: { type: "boolean", default: false, about: "writes that into docs/measurements.md" } },
  exits: { 0: "nothing is missing" },
  example: "npm run queries -- --write",
} as const;

await run(usage, async ({ values: { write } }) => {
  const { kubectl } = await embeddedCluster();
  const prometheus = await livePrometheus(kubectl, projectSettings().namespace);
  const asked = await withSamples(kubectl, () => askUntilAnswered(queries(projectSettings()), prometheus, 180_000));
  const wrong = [...objections(asked), ...(await unhealthyGroups(prometheus))];
  const parts = [
    { name: "answers", text: answersTable(asked) },
    { name: "empty", text: emptyTable(asked) },
    { name: "cost", text: costTable(await costOf(asked, prometheus)) },
  ];
  if (!write) console.log(parts.map(({ text }) => text).join("\n\n"));
  if (wrong.length > 0)
    throw new Failure(wrong.join("\n"), "wait until every rule was evaluated, or declare why it is so");
  if (!write) return;
  const section = { file: "docs/measurements.md", command: "npm run queries -- --write" };
  for (const part of parts) console.log(await writeSection({ ...section, ...part }));
});
