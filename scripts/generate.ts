import { existsSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { switchedOff } from "../generators/switched-off.js";
import { Misuse } from "./lib/failure.js";
import { checkBase, writeBase } from "./lib/generate.js";
import { ownFolders } from "./lib/own-folders.js";
import { isPackage, product, root } from "./lib/project.js";
import { run } from "./lib/run.js";
import { projectSettings, settingsFile } from "./lib/settings.js";
import { type Look, watchGenerators } from "./lib/watch/index.js";

const usage = {
  command: "npm run generate",
  about: "Writes base/ from generators/, settings.yaml, rules/, scrape/ and dashboards/.",
  options: {
    check: { type: "boolean", default: false, about: "writes nothing, and names what drifted" },
    watch: { type: "boolean", default: false, about: "goes on until Ctrl-C, and writes what each change is about" },
  },
  example: "npm run generate -- --watch",
} as const;

await run(usage, async ({ values }) => {
  if (values.check && values.watch) throw new Misuse("--check writes nothing, and --watch writes: leave one out");
  if (values.watch) return watch();
  console.log(values.check ? await checkBase() : await writeBase());
  for (const line of offInWords()) console.log(line);
});

function offInWords(): string[] {
  const { jobs, alerts, dashboards } = switchedOff(projectSettings());
  if (jobs.size === 0) return [];
  const names = [...jobs.keys()].join(", ");
  return [
    `jobs off: ${names}; with them go ${alerts.length} alerts and ${dashboards.length} dashboards, see base/README.md`,
  ];
}

async function watch(): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  const { stop } = await watchGenerators(
    isPackage ? undefined : join(product, "generators"),
    join(root, "base"),
    (look) => console.log(told(look)),
    settingsFile,
    ["metrics", ...ownFolders].map((folder) => join(root, folder)).filter((folder) => existsSync(folder)),
  );
  console.log(
    `watching ${isPackage ? "" : "generators/, metrics/, "}settings.yaml, rules/, scrape/ and dashboards/, until Ctrl-C`,
  );
  await ended;
  await stop();
}

function told(look: Look): string {
  const time = styleText("dim", `${Math.round(look.milliseconds)} ms`);
  if ("error" in look) return `${styleText("red", "error:")} ${look.error}\nbase/ is as it was ${time}`;
  const { paths } = look;
  const what = paths.length === 0 ? "nothing changed" : paths.length > 10 ? `${paths.length} files` : paths.join(" ");
  return `base/: ${what} ${time}`;
}
