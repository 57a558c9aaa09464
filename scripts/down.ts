import { cluster } from "./lib/cluster/index.js";
import { placeOf, titleOf } from "./lib/cluster/layout.js";
import { Misuse } from "./lib/failure.js";
import { run } from "./lib/run.js";

const usage = {
  command: "npm run down",
  about: "Ends the embedded cluster and removes every trace of it; a cluster of yours is not touched.",
  options: {
    name: { type: "string", takes: "NAME", about: "the embedded cluster of that name" },
    all: { type: "boolean", default: false, about: "every embedded cluster of this machine" },
  },
  example: "npm run down",
} as const;

await run(usage, async ({ values: { name, all } }) => {
  if (all && name !== undefined) throw new Misuse("--all leaves no cluster to name");
  const place = placeOf(name);
  const gone = all ? await cluster.stopAll() : (await cluster.stop(place)) ? [place] : [];
  for (const one of gone) console.log(`${titleOf(one)} is gone`);
  if (gone.length === 0) console.log(`no embedded cluster was here${name === undefined ? "" : ` of the name ${name}`}`);
});
