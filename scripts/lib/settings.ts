import { join, relative } from "node:path";
import { type Document, isMap, isSeq } from "yaml";
import { allRuleFiles } from "../../generators/prometheus/rules/index.js";
import { type Settings, settingsFrom, type WrongSettings } from "../../generators/settings/index.js";
import { bundleVersion } from "../../generators/versions.js";
import { Failure } from "./failure.js";
import { root } from "./project.js";
import { readYaml } from "./read-yaml.js";

/** The user's own file. */
export const settingsFile = join(root, "settings.yaml");

let ofProject: Settings | undefined;

/** What settings.yaml says, read once. @throws Failure as {@link readSettings} does. */
export function projectSettings(): Settings {
  const settings = ofProject ?? readSettings();
  ofProject = settings;
  return settings;
}

/**
 * The settings of a file; all defaults where there is none.
 *
 * @param from reads what it says
 * @throws Failure with one line for each wrong setting: the place, what it was and what would be right.
 */
export function readSettings(file = settingsFile, from = checked): Settings {
  const shown = relative(root, file);
  const { document, content, lineOf } = readYaml(file, shown);
  try {
    return from(content);
  } catch (error) {
    if (!isWrongSettings(error)) throw error;
    const wrong = error.problems.map(({ path, message }) => `${shown}:${lineOf(offsetOf(document, path))}: ${message}`);
    const cure = "docs/settings.md lists every setting with its form and unit";
    // Whoever goes back to an older version finds settings that it does not know.
    const newer = `this is plain-prometheus ${bundleVersion}, and a newer version may know what it does not`;
    throw new Failure(wrong.join("\n"), error.problems.some(({ isUnknown }) => isUnknown) ? `${cure}; ${newer}` : cure);
  }
}

/** Where the user's own file says a setting, such as `settings.yaml:3`. */
export function placeOf(path: readonly string[], file = settingsFile): string {
  const shown = relative(root, file);
  const { document, lineOf } = readYaml(file, shown);
  return `${shown}:${lineOf(offsetOf(document, path))}`;
}

/** Checks the names of alerts too, for which the rules have to be there. */
function checked(input: unknown): Settings {
  const settings = settingsFrom(input);
  allRuleFiles(settings);
  return settings;
}

/** By its name: `npm run generate -- --watch` loads the generators anew, and their classes with them. */
function isWrongSettings(error: unknown): error is WrongSettings {
  return error instanceof Error && error.name === "WrongSettings";
}

/** Where a setting is written, or the last part of its path that is. */
function offsetOf({ contents }: Document.Parsed, path: readonly string[]): number {
  let node: unknown = contents;
  let offset = contents?.range[0] ?? 0;
  for (const name of path) {
    const [key, value] = isMap(node)
      ? pairOf(node.items.find(({ key }) => String(key) === name))
      : isSeq(node)
        ? [node.items[Number(name)], node.items[Number(name)]]
        : [];
    offset = (key as { range?: readonly number[] } | undefined)?.range?.[0] ?? offset;
    node = value;
  }
  return offset;
}

function pairOf(pair: { readonly key: unknown; readonly value: unknown } | undefined): unknown[] {
  return pair === undefined ? [] : [pair.key, pair.value];
}
