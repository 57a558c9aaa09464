import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../../scripts/lib/failure.js";
import { root } from "../../../scripts/lib/project.js";
import { replaceFile } from "../../../scripts/lib/write-files.js";

/** A whole file that a script writes. */
export interface Written {
  /** From the root of the project. */
  readonly file: string;
  readonly text: string;
  /** The npm command that writes it, where that is not `npm run docs`. */
  readonly command?: string;
}

/** A part of a document that a script writes: what is between the comments `begin <name>` and `end <name>`. */
export interface Section extends Written {
  readonly name: string;
}

const usualCommand = "npm run docs";

/** Puts the text in its place, and says so in one line. */
export async function writeSection(section: Section | Written): Promise<string> {
  const path = join(root, section.file);
  if (!("name" in section)) {
    await replaceFile(path, section.text);
    return `${section.file}: written`;
  }
  await replaceFile(path, within(await readFile(path, "utf8"), section));
  return `${section.file}: ${section.name} written`;
}

/** @throws Failure when the document says anything else than the text. */
export async function checkSection(section: Section | Written): Promise<string> {
  const there = await readFile(join(root, section.file), "utf8");
  const what = "name" in section ? `${section.file}: ${section.name}` : section.file;
  if (there !== ("name" in section ? within(there, section) : section.text)) {
    throw new Failure(`${what} is not what the generators give`, section.command ?? usualCommand);
  }
  return `${what}, no drift`;
}

/**
 * A document with the section's text in its place.
 *
 * @throws Failure when the document has no such place.
 */
export function within(document: string, { file, name, text, command = usualCommand }: Section): string {
  const begin = `<!-- begin ${name}: written by ${command} -->`;
  const end = `<!-- end ${name} -->`;
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) {
    throw new Failure(`${file} has no place for ${name}`, `put these two lines where it belongs:\n${begin}\n${end}`);
  }
  return `${before}${begin}\n\n${text}\n\n${end}${after}`;
}
