import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cluster, imageSources } from "../scripts/lib/cluster/index.js";
import { placeOf } from "../scripts/lib/cluster/layout.js";
import { run } from "../scripts/lib/run.js";
import { table } from "./lib/docs/section.js";
import { startFlux } from "./lib/flux/index.js";
import { proveFlux } from "./lib/flux/prove.js";

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
  const images = imageSources();
  const { kubectl, layout } = await cluster.start({ place, kubeletTls: "self-signed", enforcing: true, images });
  try {
    const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-flux-"));
    const flux = await startFlux(folder, layout.kubeconfig, kubectl);
    const seen = await proveFlux(flux, kubectl).finally(flux.stop);
    const rows = seen.map(({ what, outcome, seconds }) => [what, outcome, `${seconds.toFixed(0)} s`]);
    console.log(table(["", "", "measured"], rows));
  } finally {
    await cluster.stop(place);
  }
});
