import { readFileSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { nearest } from "../../metrics/promql/nearest.js";
import { aligned } from "./aligned.js";
import { prepareEnvironment } from "./environment.js";
import { isProject, product, root } from "./project.js";

/*
 * The program of the package: `npx plain-prometheus VERB`. Each verb is the script that `npm run VERB` runs in a checkout.
 */

interface Verb {
  readonly about: string;
  readonly load: () => Promise<unknown>;
}

const verbs: Readonly<Record<string, Verb>> = {
  init: { about: "begins a repository of your own in an empty folder", load: () => import("../init.js") },
  generate: {
    about: "writes base/ from settings.yaml, rules/, scrape/ and dashboards/",
    load: () => import("../generate.js"),
  },
  build: { about: "generates, renders and checks the overlays", load: () => import("../build.js") },
  verify: { about: "compares a cluster with an overlay", load: () => import("../verify.js") },
  "new-overlay": { about: "writes one more overlay", load: () => import("../new-overlay.js") },
  update: { about: "takes another version, and says what it changes", load: () => import("../update.js") },
  "upgrade-report": { about: "says what lies between two commits", load: () => import("../upgrade-report.js") },
  outside: { about: "writes a folder for a Prometheus outside of a cluster", load: () => import("../outside.js") },
  cost: { about: "says what monitoring costs", load: () => import("../cost.js") },
};

const [verb = "--help"] = process.argv.splice(2, 1);

if (verb === "--help" || verb === "-h" || verb === "help") console.log(help());
else if (verb === "--version") console.log(version());
else await runVerb(verb);

async function runVerb(name: string): Promise<void> {
  const found = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (found === undefined) {
    const close = nearest(name, Object.keys(verbs));
    const cure = close === undefined ? "npx plain-prometheus --help lists the verbs" : `npx plain-prometheus ${close}`;
    return refuse(`there is no verb ${JSON.stringify(name)}`, cure);
  }
  const asksForHelp = process.argv.slice(2).some((argument) => argument === "--help" || argument === "-h");
  if (name !== "init" && !asksForHelp && !isProject(root)) {
    return refuse(
      `${root} has no settings.yaml and no base/, nor has a folder above it`,
      "go to the folder of your repository; or begin one in an empty folder: npx plain-prometheus init NAME",
    );
  }
  prepareEnvironment();
  await found.load();
}

function refuse(message: string, cure: string): void {
  console.error(`${styleText("red", "error:")} ${message}\n${styleText("cyan", "cure:")}  ${cure}`);
  process.exitCode = 1;
}

function help(): string {
  const lines = Object.entries(verbs).map(([name, { about }]) => [`  ${name}`, about]);
  return [
    "usage: npx plain-prometheus VERB ...",
    `plain-prometheus ${version()}: Prometheus for Kubernetes in plain YAML. It works on the folder that has settings.yaml and base/,\nthis one or one above it.`,
    `verbs:\n${aligned(lines)}`,
    "npx plain-prometheus VERB --help says more; --version says which one this is",
  ].join("\n\n");
}

function version(): string {
  const { version } = JSON.parse(readFileSync(join(product, "package.json"), "utf8")) as { version: string };
  return version;
}
