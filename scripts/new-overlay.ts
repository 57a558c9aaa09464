import { parseArgs } from "node:util";
import { question } from "zx";
import { Failure, run } from "./lib/failure.js";
import { type Answers, planOf, questions } from "./lib/new-overlay/choices.js";
import { type Bundle, bundle } from "./lib/new-overlay/components.js";
import { writeOverlay } from "./lib/new-overlay/index.js";

const usage =
  "npm run new-overlay -- NAME [--platform P] [--namespace N] [--node-exporter-namespace N|same] " +
  "[--storage-class none|default|C] [--volume-size 50Gi] [--feature F]... [--yes]";

/**
 * `npm run new-overlay -- NAME`: writes `overlays/NAME`, asking on a terminal what no option says. With `--yes`, and where
 * nobody can be asked, the rest is as it usually is.
 */
await run(async () => {
  const { name, said, ask } = options();
  const there = await bundle();
  const plan = planOf(name, await answered(there, said, ask), there);
  const files = await writeOverlay(plan, there);
  console.log(files.map((file) => `written: ${file}`).join("\n"));
  console.log(
    `\nnpm run build -- overlays/${name}\nkubectl apply -k overlays/${name}\nnpm run verify -- overlays/${name} --context NAME`,
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
    features: "",
    ...said,
  };
  for (const { answer, text, usually } of questions(there)) {
    if (said[answer] !== undefined) continue;
    const isNoMatter = answer === "volumeSize" && answers.storageClass === "none";
    const typed = ask && !isNoMatter ? (await question(`${text} [${usually}] `)).trim() : "";
    answers[answer] = typed || usually;
  }
  return answers;
}

function options(): { name: string; said: Partial<Answers>; ask: boolean } {
  const { values, positionals } = read();
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new Failure("say what the overlay is to be called", usage);
  const said = {
    platform: values.platform,
    namespace: values.namespace,
    nodeExporterNamespace: values["node-exporter-namespace"],
    storageClass: values["storage-class"],
    volumeSize: values["volume-size"],
    features: values.feature?.join(","),
  };
  return {
    name,
    said: Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
    ask: process.stdin.isTTY === true && !values.yes,
  };
}

function read() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        platform: { type: "string" },
        namespace: { type: "string" },
        "node-exporter-namespace": { type: "string" },
        "storage-class": { type: "string" },
        "volume-size": { type: "string" },
        feature: { type: "string", multiple: true },
        yes: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new Failure((error as Error).message, usage);
  }
}
