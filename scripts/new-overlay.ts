import { question } from "zx";
import { Misuse } from "./lib/failure.js";
import { type Answers, planOf, questions } from "./lib/new-overlay/choices.js";
import { type Bundle, bringsKubeProxy, bundle } from "./lib/new-overlay/components.js";
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
  example: "npm run new-overlay -- staging --platform kubeadm --storage-class default --yes",
} as const;

await run(usage, async ({ values, positionals: [name, ...more] }) => {
  if (name === undefined || more.length > 0) throw new Misuse("say what the overlay is to be called");
  const { said, ask } = answersOf(values);
  const there = bundle();
  const plan = planOf(name, await answered(there, said, ask), there);
  const { files, before } = await writeOverlay(plan, there);
  console.log(files.map((file) => `written: ${file}`).join("\n"));
  console.log(
    `\nbefore you apply it:\n${before.map((line) => `- ${line}`).join("\n")}\n\nnpm run build -- overlays/${name}\nkubectl apply -k overlays/${name}\nnpm run verify -- overlays/${name} --context NAME`,
  );
});

async function answered(there: Bundle, said: Partial<Answers>, ask: boolean): Promise<Answers> {
  // Of a platform nothing is asked where there is none to choose from.
  const answers: Record<keyof Answers, string> = {
    platform: "other",
    namespace: "",
    nodeExporterNamespace: "",
    storageClass: "",
    volumeSize: "",
    kubeProxy: "yes",
    features: "",
    ...said,
  };
  for (const { answer, text, usually } of questions(there)) {
    if (said[answer] !== undefined) continue;
    const isNoMatter =
      (answer === "volumeSize" && answers.storageClass === "none") ||
      (answer === "kubeProxy" && !bringsKubeProxy(there, answers.platform));
    const typed = ask && !isNoMatter ? (await question(`${text} [${usually}] `)).trim() : "";
    answers[answer] = typed || usually;
  }
  return answers;
}

function answersOf(values: Said<typeof usage.options>["values"]): { said: Partial<Answers>; ask: boolean } {
  const said = {
    platform: values.platform,
    namespace: values.namespace,
    nodeExporterNamespace: values["node-exporter-namespace"],
    storageClass: values["storage-class"],
    volumeSize: values["volume-size"],
    kubeProxy: values["kube-proxy"],
    features: values.feature?.join(","),
  };
  return {
    said: Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
    ask: process.stdin.isTTY === true && !values.yes,
  };
}
