import { Misuse } from "./lib/failure.js";
import { onTerminal, planFrom } from "./lib/new-overlay/ask.js";
import type { Answers } from "./lib/new-overlay/choices.js";
import { offer } from "./lib/new-overlay/components.js";
import { writeOverlay } from "./lib/new-overlay/index.js";
import { run, type Said } from "./lib/run.js";

const usage = {
  command: "npm run new-overlay -- NAME",
  about: "Writes overlays/NAME, and asks for what no option says. Nothing is written that does not build.",
  takesOperands: true,
  options: {
    platform: { type: "string", takes: "NAME", about: "such as kubeadm, or other" },
    namespace: { type: "string", takes: "NAME", about: "where everything runs" },
    "node-exporter-namespace": { type: "string", takes: "NAME|same", about: "where node-exporter runs" },
    "storage-class": { type: "string", takes: "none|default|NAME", about: "where samples are kept" },
    "kube-proxy": { type: "string", takes: "yes|none", about: "none where the CNI does its work" },
    "volume-size": { type: "string", takes: "SIZE", about: "of the volume, such as 50Gi" },
    feature: { type: "string", multiple: true, takes: "NAME", about: "switches it on" },
    yes: { type: "boolean", default: false, about: "asks nothing: what no option says is as it usually is" },
  },
  exits: { 130: "Ctrl-C: nothing was written" },
  example: "npm run new-overlay -- staging --platform kubeadm --storage-class default --yes",
} as const;

await run(usage, async ({ values, positionals: [name, ...more] }) => {
  if (name === undefined || more.length > 0) throw new Misuse("say what the overlay is to be called");
  const there = offer();
  const said = answersOf(values);
  if (!values.yes && !process.stdin.isTTY)
    throw new Misuse("there is no terminal to ask on: say --yes beside what you choose");
  const plan = values.yes
    ? await planFrom(name, said, there)
    : await onTerminal((ask) => planFrom(name, said, there, ask));
  if (plan === undefined) {
    console.error("\nnothing was written");
    process.exitCode = 130;
    return;
  }
  const { files, before } = await writeOverlay(plan, there);
  console.log(files.map((file) => `written: ${file}`).join("\n"));
  console.log(
    `${before.length === 0 ? "" : `\nbefore you apply it:\n${before.map((line) => `- ${line}`).join("\n")}\n`}\nnpm run build -- overlays/${name}\nkubectl apply -k overlays/${name}\nnpm run verify -- overlays/${name} --context NAME`,
  );
});

function answersOf(values: Said<typeof usage.options>["values"]): Partial<Answers> {
  const said = {
    platform: values.platform,
    namespace: values.namespace,
    nodeExporterNamespace: values["node-exporter-namespace"],
    storageClass: values["storage-class"],
    volumeSize: values["volume-size"],
    kubeProxy: values["kube-proxy"],
    features: values.feature?.join(","),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}
