import { Misuse } from "./lib/failure.js";
import { offer } from "./lib/new-overlay/components.js";
import { nextSteps, overlayOptions, planned } from "./lib/new-overlay/options.js";
import { beginRepository, installPackages, requireEmpty } from "./lib/own-repository/index.js";
import { run } from "./lib/run.js";

const usage = {
  command: "npx plain-prometheus init NAME",
  about: "Begins a repository of your own in an empty folder, with overlays/NAME. It asks for what no option says.",
  takesOperands: true,
  options: overlayOptions,
  exits: { 130: "Ctrl-C: nothing was written" },
  example: "npx plain-prometheus init prod --platform kubeadm --storage-class default --yes",
} as const;

await run(usage, async ({ values, positionals: [name, ...more] }) => {
  if (name === undefined || more.length > 0) {
    throw new Misuse("say what the first overlay is to be called, such as prod");
  }
  const folder = process.cwd();
  await requireEmpty(folder);
  const there = offer();
  const plan = await planned(name, values, there);
  if (plan === undefined) return;
  const { files, before } = await beginRepository(folder, plan, there);
  console.log(files.map((file) => `written: ${file}`).join("\n"));
  await installPackages(folder);
  console.log(
    `installed: node_modules/plain-prometheus\n\nREADME.md says what is whose.\n\n${nextSteps(name, before)}`,
  );
});
