import { cluster, imageSources } from "../scripts/lib/cluster/index.js";
import { placeOf } from "../scripts/lib/cluster/layout.js";
import { run } from "../scripts/lib/run.js";
import { withTemporaryFolder } from "../scripts/lib/temporary-folder.js";
import { startFlux } from "./lib/flux/index.js";
import { proveFlux } from "./lib/flux/prove.js";
import { table } from "./lib/markdown-table.js";

const usage = {
  command: "npm run prove-flux",
  about:
    "Starts an embedded cluster of its own and Flux' controllers, applies docs/flux, commits, changes by hand, and prints what\n" +
    "came of it. The first time it builds the controllers, which takes twenty minutes of a processor.",
  options: {},
  exits: { 0: "all of it came" },
  example: "npm run prove-flux",
} as const;

await run(usage, async () => {
  const place = placeOf("flux");
  // What overlays/prod is for: its kubelets are verified, and its replicas are on two nodes.
  const shape = { kubeletTls: "cluster-ca", nodes: 2, enforcing: true } as const;
  // One that was ended by hand leaves its cluster.
  await cluster.stop(place);
  const { kubectl, layout } = await cluster.start({ place, ...shape, images: imageSources() });
  try {
    const seen = await withTemporaryFolder(async (folder) => {
      const flux = await startFlux(folder, layout.kubeconfig, kubectl);
      return await proveFlux(flux, kubectl).finally(flux.stop);
    });
    const rows = seen.map(({ what, outcome, seconds }) => [what, outcome, `${seconds.toFixed(0)} s`]);
    console.log(table(["", "", "measured"], rows));
  } finally {
    await cluster.stop(place);
  }
});
