import { stringify } from "yaml";
import { table } from "../markdown-table.js";
import { type Setting, settingsTree } from "../settings-tree.js";
import type { Section } from "./section.js";

/** Every setting with its default and its unit: those at the top first, then subject by subject, each with an example. */
export function settingsSection(tree: readonly Setting[] = settingsTree()): Section {
  const alone = tree.filter(({ example }) => example === undefined);
  const subjects = tree.filter(({ example }) => example !== undefined).flatMap(subject);
  const text = [settingsTable(alone), ...subjects].join("\n\n");
  return { file: "docs/settings.md", name: "settings", text };
}

/** A map, such as `jobs`, has no table: it has names of somebody else. */
function subject(setting: Setting): string[] {
  const { name, shape, description = "", example } = setting;
  const shown = ["```yaml", stringify({ [name]: example }).trimEnd(), "```"].join("\n");
  const [first = "", ...blocks] =
    shape.is === "block" ? blocksOf(setting, name) : [`### ${name}\n\n${description}\n\nForm: ${formOf(setting)}.`];
  return [first, shown, ...blocks];
}

function blocksOf({ shape, description }: Setting, path: string): string[] {
  if (shape.is !== "block") return [];
  const own = shape.settings.some((setting) => setting.shape.is !== "block") ? [settingsTable(shape.settings)] : [];
  return [
    [`### ${path}`, ...(description === undefined ? [] : [description]), ...own].join("\n\n"),
    ...shape.settings.flatMap((setting) => blocksOf(setting, `${path}.${setting.name}`)),
  ];
}

function settingsTable(settings: readonly Setting[]): string {
  const rows = settings
    .filter(({ shape }) => shape.is !== "block")
    .map((setting) => [`\`${setting.name}\``, defaultOf(setting), formOf(setting), setting.description ?? ""]);
  return table(["Setting", "Default", "Form and unit", "What it is"], rows);
}

function defaultOf({ default: usual }: Setting): string {
  return usual === undefined ? "none" : code(usual);
}

/** The title that its schema has, and the values where there are few. */
function formOf({ form, shape }: Setting): string {
  if (shape.is !== "choice") return form ?? { text: "text", number: "number", flag: "`true` or `false`" }[plain(shape)];
  const options = shape.options.map(code).join(", ");
  return form === undefined ? options : `${form}: ${options}`;
}

function plain(shape: Setting["shape"]): "text" | "number" | "flag" {
  if (shape.is === "text" || shape.is === "number" || shape.is === "flag") return shape.is;
  throw new Error(`a setting that is a ${shape.is} needs a title, which says what is in it`);
}

/** Data as it is written in YAML, where a `|` does not end the cell. */
function code(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``.replaceAll("|", "\\|");
}
