import type { Setting, Shape } from "../settings-tree.js";

/**
 * The types of generators/settings/index.ts as somebody writes them by hand: the compiler's own would be those of the schema,
 * and whoever reads them would need its package.
 */
export function settingsDeclaration(tree: readonly Setting[]): string {
  return [
    "/** Every setting, with its default filled in. */",
    `export type Settings = ${block(tree, "")};`,
    "/**",
    " * Reads settings as a person writes them, fills in the defaults and checks each.",
    " *",
    " * @throws Error with one line per wrong setting: its name, what it was and what would be right.",
    " */",
    "export declare function settingsFrom(input: unknown): Settings;",
    "export declare const defaults: Settings;",
    "",
  ].join("\n");
}

function block(settings: readonly Setting[], indent: string): string {
  const inner = `${indent}    `;
  const lines = settings.flatMap((setting) => [
    `${inner}/** ${commentOf(setting)} */`,
    setting.optional
      ? `${inner}readonly ${setting.name}?: ${typeOf(setting.shape, inner)} | undefined;`
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

function typeOf(shape: Shape, indent: string): string {
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
      return `(${typeOf(shape.of, indent)})[]`;
    case "map":
      return shape.keys === undefined
        ? `Readonly<Record<string, ${typeOf(shape.of, indent)}>>`
        : `Readonly<Partial<Record<${choice(shape.keys)}, ${typeOf(shape.of, indent)}>>>`;
    case "block":
      return block(shape.settings, indent);
  }
}

function choice(options: readonly (string | number)[]): string {
  return options.map((option) => JSON.stringify(option)).join(" | ");
}
