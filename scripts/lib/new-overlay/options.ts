import { Misuse } from "../failure.js";
import type { Said } from "../run.js";
import { onTerminal, planFrom } from "./ask.js";
import type { Answers } from "./choices.js";
import type { Offer } from "./components.js";
import type { Plan } from "./files.js";

/** The options of a verb that writes an overlay. */
export const overlayOptions = {
  platform: { type: "string", takes: "NAME", about: "such as kubeadm, or other" },
  namespace: { type: "string", takes: "NAME", about: "where everything runs" },
  "node-exporter-namespace": { type: "string", takes: "NAME|same", about: "where node-exporter runs" },
  "storage-class": { type: "string", takes: "none|default|NAME", about: "where samples are kept" },
  "kube-proxy": { type: "string", takes: "yes|none", about: "none where the CNI does its work" },
  "volume-size": { type: "string", takes: "SIZE", about: "of the volume, such as 50Gi" },
  feature: { type: "string", multiple: true, takes: "NAME", about: "switches it on" },
  yes: { type: "boolean", default: false, about: "asks nothing: what no option says is as it usually is" },
} as const;

type Values = Said<typeof overlayOptions>["values"];

/**
 * The plan of an overlay, asked for on the terminal where no option says it.
 *
 * @returns undefined after Ctrl-C: that nothing was written is said
 */
export async function planned(name: string, values: Values, offer: Offer): Promise<Plan | undefined> {
  const said = answersOf(values);
  if (values.yes) return await planFrom(name, said, offer);
  if (!process.stdin.isTTY) throw new Misuse("there is no terminal to ask on: say --yes beside what you choose");
  const plan = await onTerminal((ask) => planFrom(name, said, offer, ask));
  if (plan === undefined) {
    console.error("\nnothing was written");
    process.exitCode = 130;
  }
  return plan;
}

function answersOf(values: Values): Partial<Answers> {
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

/** What is to be done with an overlay that was written: a line for each thing. */
export function nextSteps(name: string, before: readonly string[]): string {
  const first = before.length === 0 ? "" : `before you apply it:\n${before.map((line) => `- ${line}`).join("\n")}\n\n`;
  return `${first}npm run build -- overlays/${name}\nkubectl apply -k overlays/${name}\nnpm run verify -- overlays/${name} --context NAME`;
}
