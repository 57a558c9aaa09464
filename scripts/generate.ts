import { parseArgs } from "node:util";
import { run } from "./lib/failure.js";
import { checkBase, writeBase } from "./lib/generate.js";

/** `npm run generate`: writes base/ from generators/. With `--check` it writes nothing and names what drifted. */
await run(async () => {
  const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
  console.log(values.check ? await checkBase() : await writeBase());
});
