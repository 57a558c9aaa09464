import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../scripts/lib/project.js";

/** The documents whose every command is run, or says why it is not. */
export const documents = ["README.md", "docs/tutorial.md", "docs/secrets.md"] as const;
/** Those of the first ones that say the same in Japanese. */
export const translations = ["README.ja.md", "docs/tutorial.ja.md"] as const;

/**
 * How a block of commands is run. The comment right before its fence says it; a block without one is run on any machine.
 *
 * - `<!-- live -->`: on the embedded cluster, with its kubeconfig
 * - `<!-- live until "TEXT" -->`: the same, and ended when it has printed the text: it would go on for ever
 * - `<!-- on the node -->`: in a shell on a node of the embedded cluster
 * - `<!-- not run: REASON -->`
 */
export type How =
  | { readonly where: "anywhere" | "live" | "node"; readonly until?: string }
  | { readonly where: "nowhere"; readonly reason: string };

/** A block of commands of a document. */
export interface Commands {
  readonly document: string;
  /** Of its fence, from 1. */
  readonly line: number;
  readonly text: string;
  readonly how: How;
  /** What the document says that they print: the block right below, where there is one. */
  readonly output: string | undefined;
}

const fence = /^(?:<!-- (?<comment>[^\n]*?) -->\n)?```(?<language>[a-z]*)\n(?<text>.*?)^```$/gms;

/** The blocks of commands of a document's text, in their order. */
export function commandsOf(document: string, text: string): readonly Commands[] {
  const blocks = [...text.matchAll(fence)];
  return blocks.flatMap((block, index): Commands[] => {
    const { comment, language, text: commands = "" } = block.groups ?? {};
    if (language !== "sh") return [];
    const next = blocks[index + 1];
    const between = next && text.slice(block.index + block[0].length, next.index);
    // Whatever stands between is prose about something else, unless it is about what was printed.
    const prints = next?.groups?.language === "" && between !== undefined && !/\n#|\n\n.*\n\n.*\n\n/s.test(between);
    return [
      {
        document,
        line: text.slice(0, block.index + block[0].indexOf("```")).split("\n").length,
        text: commands,
        how: howOf(comment, document),
        output: prints ? next?.groups?.text : undefined,
      },
    ];
  });
}

/** @throws Error when the comment says something else. */
function howOf(comment: string | undefined, document: string): How {
  if (comment === undefined) return { where: "anywhere" };
  const reason = /^not run: (.+)$/.exec(comment)?.[1];
  if (reason !== undefined) return { where: "nowhere", reason };
  if (comment === "on the node") return { where: "node" };
  const live = /^live(?: until "(?<until>[^"]+)")?$/.exec(comment);
  if (live === null)
    throw new Error(`${document}: a comment before commands says neither live, on the node nor not run: ${comment}`);
  const until = live.groups?.until;
  return { where: "live", ...(until !== undefined && { until }) };
}

/** The blocks of commands of a document of the project. */
export async function readCommands(document: string): Promise<readonly Commands[]> {
  return commandsOf(document, await readFile(join(root, document), "utf8"));
}

/**
 * The lines of what a document says is printed that are not in what was printed, in that order. Compared by their shape:
 * numbers, ages, addresses, names that a cluster makes up, bars and widths of columns are different on each run.
 */
export function notPrinted(expected: string, printed: string): readonly string[] {
  const there = printed.split("\n").map(shape);
  let from = 0;
  return expected.split("\n").filter((line) => {
    if (/^\s*(\.\.\.)?\s*$/.test(line)) return false;
    const found = there.indexOf(shape(line), from);
    if (found >= 0) from = found + 1;
    return found < 0;
  });
}

/**
 * The first line of what a document says is printed that does not come right after the one before it in what was printed, or
 * that is left over; undefined where all is the same. `...` stands for any lines, and comments that were printed may be missing.
 */
export function differs(expected: string, printed: string): string | undefined {
  const linesOf = (text: string) => text.split("\n").map((line) => line.trimEnd());
  const wanted = linesOf(expected.trimEnd());
  const there = linesOf(printed.trimEnd()).filter((line) => wanted.includes(line) || !/^\s*#/.test(line));
  let from = 0;
  let anywhere = false;
  for (const line of wanted) {
    if (line.trim() === "...") {
      anywhere = true;
      continue;
    }
    const found = anywhere ? there.indexOf(line, from) : from;
    if (there[found] !== line) return line;
    from = found + 1;
    anywhere = false;
  }
  return anywhere ? undefined : there[from];
}

function shape(line: string): string {
  return (
    line
      // Kubernetes makes names up of these characters only: no vowels, so that they say nothing.
      .replace(/-(?=[a-z]*\d)[bcdfghjklmnpqrstvwxz2456789]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, "-X")
      .replace(/-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, "-X")
      .replace(/\b(\d+(\.\d+)?(ms|[smhd]))+\b/g, "T")
      .replace(/\d[\d.,]*/g, "0")
      .replace(/[ ▁-█]+/g, " ")
      .trim()
  );
}
