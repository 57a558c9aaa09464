import {
  type CreateNodeOptions,
  Document,
  type DocumentOptions,
  isMap,
  isNode,
  isSeq,
  parse,
  type SchemaOptions,
  stringify,
  type ToStringOptions,
} from "yaml";
import { rememberedByText } from "../../metrics/remembered.js";
import { reasonFor } from "./because.js";

const options: DocumentOptions & SchemaOptions & CreateNodeOptions & ToStringOptions = {
  // Kustomize and Prometheus read YAML 1.1, where a bare 1_000 or `on` is not text.
  compat: "yaml-1.1",
  lineWidth: 0,
  // A shared array is written out twice: readers and Kustomize alike stumble over `*a1`.
  aliasDuplicateObjects: false,
};

/**
 * Data as YAML that Kustomize, kubectl and Prometheus read alike.
 *
 * @param written the data with its reasons, where the data itself has lost them
 */
export function yaml(data: unknown, written = data): string {
  const explained = isExplained(written);
  const key = explained ? JSON.stringify([data, written], withReasons) : JSON.stringify(data);
  return once(key, () => folded(explained ? withComments(data, written) : stringify(data, options)));
}

/** Most of what is written is the same whatever the settings are, and to compare it takes far less time than to write it. */
const once = rememberedByText<string>();

function withReasons(_: string, value: unknown): unknown {
  const why = typeof value === "object" && value !== null ? reasonFor(value) : undefined;
  return why === undefined ? value : { ...(value as object), "": why };
}

function withComments(data: unknown, written: unknown): string {
  const document = new Document(data, options);
  explain(document.contents, written);
  return document.toString(options);
}

/** Long regular expressions of several alternatives with one of them a line, as a string that YAML puts together again. */
function folded(text: string): string {
  return text.replace(/^( *)((?:- )?)regex: (.{90,})$/gm, (line, indent: string, dash: string, value: string) => {
    const alternatives = split(String(parse(value)));
    if (alternatives.length === 1) return line;
    const start = `${indent}${" ".repeat(dash.length)}  `;
    const lines = alternatives.map((one) => JSON.stringify(one).slice(1, -1)).join(`|\\\n${start}`);
    return `${indent}${dash}regex: "\\\n${start}${lines}"`;
  });
}

/** A regular expression at each `|` that is in no brackets. */
function split(regex: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const [token] of regex.matchAll(/\\.|[^\\]/gs)) {
    depth += token === "(" || token === "[" ? 1 : token === ")" || token === "]" ? -1 : 0;
    if (token === "|" && depth === 0) parts.push("");
    else parts.push(`${parts.pop() ?? ""}${token}`);
  }
  return parts;
}

/** Whether there is a reason for any part of it. */
function isExplained(data: unknown): boolean {
  if (typeof data !== "object" || data === null) return false;
  return reasonFor(data) !== undefined || Object.values(data).some(isExplained);
}

/** Writes the reasons for a value and its parts before them. */
function explain(node: unknown, data: unknown): void {
  if (typeof data !== "object" || data === null) return;
  const why = reasonFor(data);
  if (typeof why === "string" && isNode(node)) node.commentBefore = comment(why);
  if (isSeq(node)) for (const [index, item] of node.items.entries()) explain(item, Object.values(data)[index]);
  if (!isMap(node)) return;
  for (const { key, value } of node.items) {
    const name = String(key);
    const text = typeof why === "object" ? why[name] : undefined;
    if (text !== undefined && isNode(key)) key.commentBefore = comment(text);
    explain(value, data[name as keyof typeof data]);
  }
}

/** Lines of a comment that are read at one glance. */
function comment(text: string): string {
  return text.replace(/(?=.{90}).{1,89}(?= )/g, "$&\n").replace(/^ */gm, " ");
}

/**
 * Data as JSON with the keys of every object in order, so that a diff shows what changed and nothing else.
 *
 * @param compact without spaces and line ends
 */
export function json(data: unknown, compact = false): string {
  const spaces = compact ? 0 : 2;
  return once(`json ${spaces} ${JSON.stringify(data)}`, () => `${JSON.stringify(data, sortedKeys, spaces)}\n`);
}

function sortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** What an INI file says: settings by section. */
export type Ini = Readonly<Record<string, Readonly<Record<string, string | boolean>>>>;

/**
 * The text of one generated INI file.
 *
 * @param source the generator, from the root of the project
 */
export function generatedIni(source: string, sections: Ini): string {
  const blocks = Object.entries(sections).map(([section, settings]) =>
    [`[${section}]`, ...Object.entries(settings).map(([name, value]) => `${name} = ${value}`)].join("\n"),
  );
  return `${header(source)}\n${blocks.join("\n\n")}\n`;
}

function header(source: string): string {
  return `# Generated by ${source}: edit that, then npm run generate.\n`;
}

/**
 * The text of one generated YAML file: a first line that names the generator to edit instead, then the document.
 *
 * @param source the generator, from the root of the project
 * @param document undefined for a text that is a comment alone
 * @param about a second line, that says what it is
 * @param written as for {@link yaml}
 */
export function generatedYaml(source: string, document: unknown, about = "", written = document): string {
  return header(source) + (about && `# ${about}\n`) + (document === undefined ? "" : yaml(document, written));
}
