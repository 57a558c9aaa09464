import { parseArgs } from "node:util";
import { cluster } from "../scripts/lib/cluster/index.js";
import { Failure, run } from "../scripts/lib/failure.js";
import { writeSection } from "./lib/docs/section.js";
import { drill } from "./lib/drill/index.js";
import { deliveryTable } from "./lib/drill/report.js";

/**
 * `npm run drill`: breaks things in the embedded cluster with overlays/devbox, sees that a receiver is told, and mends
 * them. Prints how long it took; with `--write` that goes into docs/alert-delivery.md.
 */
await run(async () => {
  const { write } = options();
  const running = await cluster.current();
  if (running === undefined) throw new Failure("the embedded cluster does not run", "npm run up");
  const text = deliveryTable(await drill(running, "overlays/devbox"));
  console.log(text);
  const section = { file: "docs/alert-delivery.md", name: "seconds", command: "npm run drill -- --write" };
  if (write) console.log(await writeSection({ ...section, text }));
});

function options(): { readonly write: boolean } {
  try {
    return parseArgs({ options: { write: { type: "boolean", default: false } } }).values;
  } catch (error) {
    throw new Failure((error as Error).message, "npm run drill -- [--write]");
  }
}
