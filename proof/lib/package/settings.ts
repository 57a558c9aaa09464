import type { Setting, Shape } from "../settings-tree.js";

/**
 * The types of generators/settings/index.ts as somebody writes them by hand: the compiler's own would be those of the schema,
 * and whoever reads them would need its package.
 */
export function settingsDeclaration(tree: readonly Setting[]): string {
  return [
    "/** Every setting, with its default filled in. */",
    `export type Settings = ${block(tree, "")};`,
    "/** Settings as a person writes them: what is left out has its default. */",
    `export type SettingsInput = ${block(tree, "", true)};`,
    "/**",
    " * Reads settings as a person writes them, fills in the defaults and checks each.",
    " *",
    " * @throws Error with one line per wrong setting: its name, what it was and what would be right.",
    " */",
    "export declare function settingsFrom(input: unknown): Settings;",
    "/**",
    " * As settingsFrom, for whoever writes them in a program: an editor completes names and values.",
    " *",
    " * @throws Error with one line per wrong setting.",
    " */",
    "export declare function settings(input: SettingsInput): Settings;",
    "export declare const defaults: Settings;",
    "",
  ].join("\n");
}

/** @param input whether each may be left out, as where a person writes them */
function block(settings: readonly Setting[], indent: string, input = false): string {
  const inner = `${indent}    `;
  const lines = settings.flatMap((setting) => [
    `${inner}/** ${commentOf(setting)} */`,
    input || setting.optional
      ? `${inner}readonly ${setting.name}?: ${typeOf(setting.shape, inner, input)} | undefined;`
      : `${inner}readonly ${setting.name}: ${typeOf(setting.shape, inner)};`,
  ]);
  return ["{", ...lines, `${indent}}`].join("\n");
}

function commentOf({ description = "", form, default: usual, shape }: Setting): string {
  const unit = form === undefined ? "" : ` Form: ${form}.`;
  return shape.is === "block"
    ? description
    : `${description}${unit} Default: ${JSON.stringify(usual)}.`.replaceAll("*/", "*\\/").trim();
}

function typeOf(shape: Shape, indent: string, input = false): string {
  switch (shape.is) {
    case "text":
      return "string";
    case "number":
      return "number";
    case "flag":
      return "boolean";
    case "anything":
      return "unknown";
    case "choice":
      return choice(shape.options);
    case "list":
      // Whoever writes an item writes all of it.
      return `(${typeOf(shape.of, indent)})[]`;
    case "map":
      return shape.keys === undefined
        ? `Readonly<Record<string, ${typeOf(shape.of, indent, input)}>>`
        : `Readonly<Partial<Record<${choice(shape.keys)}, ${typeOf(shape.of, indent, input)}>>>`;
    case "block":
      return block(shape.settings, indent, input);
  }
}

function choice(options: readonly (string | number)[]): string {
  return options.map((option) => JSON.stringify(option)).join(" | ");
}
