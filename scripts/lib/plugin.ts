import { Console } from "node:console";
import { text } from "node:stream/consumers";
import { stack, stackForKustomize } from "../../generators/index.js";
import { answer } from "../../generators/lib/krm.js";
import { objectsOf } from "../../generators/lib/objects.js";
import { type Settings, settingsFrom } from "../../generators/settings/index.js";
import { withoutEffect } from "../../generators/without-effect.js";
import { ownFiles } from "./own-files.js";
import { projectSettings } from "./settings.js";

/*
 * The Kustomize generator plugin: the second door to the generators. A ResourceList comes in on stdin, and goes out on
 * stdout together with the objects of the stack; see docs/plugin/.
 */

// One stray line on stdout, from whatever module, would spoil the ResourceList.
globalThis.console = new Console(process.stderr);

const { output, errors } = answer(await text(process.stdin), (spec) => {
  const ofProject = projectSettings();
  const settings = settingsFrom(merged(ofProject, spec));
  const make = (settings: Settings) => stack(settings).flatMap(objectsOf);
  const idle = withoutEffect(settings, make, ofProject);
  if (idle.length === 0) return stackForKustomize(settings, [], ownFiles(settings)).flatMap(objectsOf);
  const why = "changes nothing here: it is for base/components/, which the plugin does not make; leave it out";
  throw new Error(idle.map((name) => `setting "${name}" ${why}`).join("\n"));
});
process.stdout.write(output);
for (const message of errors) console.error(`plain-prometheus: ${message}`);
process.exitCode = errors.length === 0 ? 0 : 1;

/** Mappings become one, name by name; of anything else the second counts. */
function merged(under: unknown, over: unknown): unknown {
  if (!isMapping(under) || !isMapping(over)) return over ?? under;
  const both = Object.entries(over).map(([name, value]) => [name, merged(Reflect.get(under, name), value)] as const);
  return { ...under, ...Object.fromEntries(both) };
}

function isMapping(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
