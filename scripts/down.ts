import { parseArgs } from "node:util";
import { cluster } from "./lib/cluster/index.js";
import { Failure, run } from "./lib/failure.js";

/** `npm run down`: ends the embedded cluster and removes every trace of it; a cluster of the user's own is not touched. */
await run(async () => {
  try {
    parseArgs({ options: {} });
  } catch (error) {
    throw new Failure((error as Error).message, "npm run down");
  }
  console.log((await cluster.stop()) ? "the embedded cluster is gone" : "no embedded cluster was here");
});
