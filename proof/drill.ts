import { cluster } from "../scripts/lib/cluster/index.js";
import { run } from "../scripts/lib/run.js";
import { writeSection } from "./lib/docs/section.js";
import { drill } from "./lib/drill/index.js";
import { deliveryTable } from "./lib/drill/report.js";

const usage = {
  command: "npm run drill",
  about:
    "Breaks things in the embedded cluster with overlays/devbox, sees that a receiver is told, and mends them. Prints how long\n" +
    "it took. Meanwhile the cluster enforces the network policies of the bundle.",
  options: { write: { type: "boolean", default: false, about: "writes that into docs/measurements.md" } },
  example: "npm run drill -- --write",
} as const;

await run(usage, async ({ values: { write } }) => {
  const text = deliveryTable(await drill(await cluster.enforce(), "overlays/devbox"));
  console.log(text);
  const section = { file: "docs/measurements.md", name: "seconds", command: "npm run drill -- --write" };
  if (write) console.log(await writeSection({ ...section, text }));
});
