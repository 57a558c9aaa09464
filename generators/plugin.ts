import { Console } from "node:console";
import { text } from "node:stream/consumers";
import { stack } from "./index.js";
import { answer } from "./lib/krm.js";
import { objectsOf } from "./lib/objects.js";
import { settingsFrom } from "./settings.js";

/*
 * The Kustomize generator plugin: the second door to the generators. A ResourceList comes in on stdin, and goes out on
 * stdout together with the objects of the stack; see docs/plugin/.
 */

// One stray line on stdout would spoil the ResourceList, whoever prints it.
globalThis.console = new Console(process.stderr);

const { output, errors } = answer(await text(process.stdin), (spec) => stack(settingsFrom(spec)).flatMap(objectsOf));
process.stdout.write(output);
for (const message of errors) console.error(`plain-prometheus: ${message}`);
process.exitCode = errors.length === 0 ? 0 : 1;
