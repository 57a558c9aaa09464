import { readFileSync } from "node:fs";
import { type Document, LineCounter, parseDocument } from "yaml";
import { Failure } from "./failure.js";
import { ignoreMissing } from "./write-files.js";

/** A file of YAML that a user wrote. */
export interface YamlFile {
  readonly document: Document.Parsed;
  /** Plain data, which holds itself nowhere. */
  readonly content: unknown;
  readonly lineOf: (offset: number) => number;
}

/**
 * Reads one document of YAML. A byte order mark is left out, and merge keys (`<<`) are merged, as Prometheus does.
 *
 * @param shown - how messages name the file
 * @throws Failure that names the file, and the line where there is one.
 */
export function readYaml(file: string, shown: string): YamlFile {
  const lines = new LineCounter();
  const lineOf = (offset: number) => lines.linePos(offset).line;
  const document = parseDocument(readText(file, shown), { lineCounter: lines, merge: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const [problem = ""] = error.message.split(/ at line \d+|; please use|\n/);
    throw new Failure(`${shown}:${lineOf(error.pos[0])}: is no YAML: ${problem}`, "correct it there");
  }
  return { document, content: contentOf(document, shown), lineOf };
}

/** The text of a user's file; empty where there is none. @throws Failure where it is no file, or no text. */
export function readText(file: string, shown: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof TypeError) throw new Failure(`${shown}: is no text in UTF-8`, `save ${shown} as UTF-8`);
    if ((error as NodeJS.ErrnoException).code !== "EISDIR") {
      ignoreMissing(error);
      return "";
    }
    throw new Failure(`${shown}: is a folder, and has to be a file`, "move it away");
  }
}

function contentOf(document: Document.Parsed, shown: string): unknown {
  try {
    const content: unknown = document.toJS();
    JSON.stringify(content);
    return content;
  } catch (error) {
    const why = error instanceof TypeError ? "an anchor holds itself" : (error as Error).message;
    throw new Failure(`${shown}: its aliases cannot be resolved: ${why}`, "write out what they stand for");
  }
}
