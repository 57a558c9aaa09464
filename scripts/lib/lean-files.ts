import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isScalar, LineCounter, parseDocument, visit } from "yaml";
import { problemIn } from "../../generators/settings/forms.js";
import type { Settings } from "../../generators/settings/index.js";
import { dashboardReads } from "../../metrics/dashboard.js";
import { Failure } from "./failure.js";
import { ownRules } from "./own-files.js";
import { root } from "./project.js";

/** An expression of a file, and where in it, such as `line 12` or `panel Requests of dashboard Shop`. */
interface Expression {
  readonly expr: string;
  readonly place: string;
}

/**
 * The settings with the expressions that the files of `lean.files` and `rules/` hold in place of the files: the generators read none.
 *
 * @param from - the folder that the paths begin in; default: the root of the project
 * @throws Failure that names the file and the place, where one cannot be read or holds what is no PromQL.
 */
export async function withFiles(settings: Settings, from = root): Promise<Settings> {
  const { files: named = [], expressions = [] } = settings.lean ?? {};
  const files = [...named, ...ownRules(from)];
  if (files.length === 0) return settings;
  const read = await Promise.all(files.map((file) => expressionsIn(file, from)));
  return { ...settings, lean: { ...settings.lean, files: [], expressions: [...expressions, ...read.flat()] } };
}

async function expressionsIn(file: string, from: string): Promise<string[]> {
  const wrong = (what: string, cure: string) => new Failure(`setting lean.files: ${file}${what}`, cure);
  const text = await readFile(join(from, file), "utf8").catch((error: Error) => {
    throw wrong(` cannot be read: ${error.message}`, "name a file by its path from the root of the project");
  });
  let found: readonly Expression[];
  try {
    found = file.endsWith(".json") ? ofDashboard(text) : file.endsWith(".promql") ? ofPromql(text) : ofRules(text);
  } catch (error) {
    throw wrong(`: ${(error as Error).message}`, "correct it");
  }
  if (found.length === 0)
    throw wrong(" holds no expression", "name a dashboard of Grafana, a file of rules, or PromQL");
  for (const { expr, place } of found) {
    const problem = problemIn(expr);
    if (problem !== undefined) throw wrong(`, ${place}: this is no PromQL: ${problem}`, "correct the expression");
  }
  return found.map(({ expr }) => expr);
}

function ofDashboard(text: string): Expression[] {
  return dashboardReads(JSON.parse(text)).map(({ expr, reader }) => ({ expr, place: reader }));
}

/** Expressions with an empty line between two. */
function ofPromql(text: string): Expression[] {
  return [...text.matchAll(/(?:^.*\S.*\n?)+/gm)]
    .filter(([block]) => /^\s*[^#\s]/m.test(block))
    .map(({ 0: block, index }) => ({
      expr: block.trimEnd(),
      place: `line ${text.slice(0, index).split("\n").length}`,
    }));
}

/** Every `expr` of a file of rules, whatever its groups are within. @throws Error of what is no YAML. */
function ofRules(text: string): Expression[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  const found: Expression[] = [];
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || key.value !== "expr" || !isScalar(value)) return;
      found.push({ expr: String(value.value), place: `line ${lines.linePos(value.range?.[0] ?? 0).line}` });
    },
  });
  return found;
}
