import { cluster } from "./lib/cluster/index.js";
import { run } from "./lib/run.js";

const usage = {
  command: "npm run down",
  about: "Ends the embedded cluster and removes every trace of it; a cluster of yours is not touched.",
  options: {},
  example: "npm run down",
} as const;

await run(usage, async () => {
  console.log((await cluster.stop()) ? "the embedded cluster is gone" : "no embedded cluster was here");
});
