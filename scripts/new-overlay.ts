import { join } from "node:path";
import { requireSameVersion } from "./lib/base-version.js";
import { Misuse } from "./lib/failure.js";
import { writeBase } from "./lib/generate.js";
import { offer } from "./lib/new-overlay/components.js";
import { requireNew, writeOverlay } from "./lib/new-overlay/index.js";
import { nextSteps, overlayOptions, planned } from "./lib/new-overlay/options.js";
import { root } from "./lib/project.js";
import { run } from "./lib/run.js";

const usage = {
  command: "npm run new-overlay -- NAME",
  about:
    "Generates base/, then writes overlays/NAME, and asks for what no option says. No overlay is written that does not build.",
  takesOperands: true,
  options: overlayOptions,
  exits: { 130: "Ctrl-C: nothing was written" },
  example: "npm run new-overlay -- staging --platform kubeadm --storage-class default --yes",
} as const;

await run(usage, async ({ values, positionals: [name, ...more] }) => {
  if (name === undefined || more.length > 0) throw new Misuse("say what the overlay is to be called");
  const there = offer();
  const plan = await planned(name, values, there);
  if (plan === undefined) return;
  requireNew(join(root, "overlays", name));
  await requireSameVersion();
  await writeBase();
  const { files, before } = await writeOverlay(plan, there);
  console.log(files.map((file) => `written: ${file}`).join("\n"));
  console.log(`\n${nextSteps(name, before)}`);
});
