import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlias, isScalar, visit } from "yaml";
import { problemIn } from "../../generators/settings/forms.js";
import type { Settings } from "../../generators/settings/index.js";
import { dashboardReads } from "../../metrics/dashboard.js";
import { templateQueries } from "../../metrics/keep-list.js";
import { Failure } from "./failure.js";
import { readDashboard } from "./own-dashboards.js";
import { ownRules } from "./own-files.js";
import { namesIn } from "./own-folders.js";
import { root } from "./project.js";
import { readYaml } from "./read-yaml.js";

/** An expression of a file, and where in it, such as `line 12` or `panel Requests of dashboard Shop`. */
interface Expression {
  readonly expr: string;
  readonly place: string;
}

/**
 * The settings with the expressions that the files of `lean.files`, `rules/` and `dashboards/` hold in place of the files: the
 * generators read none.
 *
 * @param from - the folder that the paths begin in; default: the root of the project
 * @throws Failure that names the file and the place, where one cannot be read or holds what is no PromQL.
 */
export async function withFiles(settings: Settings, from = root): Promise<Settings> {
  const { files: named = [], expressions = [] } = settings.lean ?? {};
  const own = ownRules(from);
  const dashboards = namesIn("dashboards", from);
  if (named.length + own.length + dashboards.length === 0) return settings;
  const read = await Promise.all([
    ...named.map((file) => expressionsIn(file, `setting lean.files: ${file}`, from)),
    ...own.map((file) => expressionsIn(file, file, from)),
    ...dashboards.map((name) => checked(ofDashboard(readDashboard(name, from)), `dashboards/${name}`)),
  ]);
  return { ...settings, lean: { ...settings.lean, files: [], expressions: [...expressions, ...read.flat()] } };
}

async function expressionsIn(file: string, shown: string, from: string): Promise<string[]> {
  const wrong = (what: string, cure: string) => new Failure(`${shown}${what}`, cure);
  const saved = await readFile(join(from, file), "utf8").catch((error: Error) => {
    throw wrong(` cannot be read: ${error.message}`, "name a file by its path from the root of the project");
  });
  // Some editors save a byte order mark, which neither JSON nor PromQL has.
  const text = saved.replace(/^\uFEFF/, "");
  let found: readonly Expression[];
  try {
    found = file.endsWith(".json")
      ? ofDashboard(JSON.parse(text))
      : file.endsWith(".promql")
        ? ofPromql(text)
        : ofRules(join(from, file), shown);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw wrong(`: ${(error as Error).message}`, "correct it");
  }
  if (found.length === 0 && shown !== file)
    throw wrong(" holds no expression", "name a dashboard of Grafana, a file of rules, or PromQL");
  return checked(found, shown);
}

/** @throws Failure that names the file and the place of what is no PromQL. */
function checked(found: readonly Expression[], shown: string): string[] {
  for (const { expr, place } of found) {
    const problem = problemIn(expr);
    if (problem === undefined) continue;
    throw new Failure(`${shown}, ${place}: this is no PromQL: ${problem}`, "correct the expression");
  }
  return found.map(({ expr }) => expr);
}

function ofDashboard(dashboard: unknown): Expression[] {
  return dashboardReads(dashboard).map(({ expr, reader }) => ({ expr, place: reader }));
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

/** Every `expr` of a file of rules, whatever its groups are within, and what templates query. */
function ofRules(file: string, shown: string): Expression[] {
  const { document, lineOf } = readYaml(file, shown);
  const found: Expression[] = [];
  visit(document, {
    Scalar: (_, { value, range }) => {
      const place = `line ${lineOf(range?.[0] ?? 0)}`;
      found.push(...templateQueries(value).map((expr) => ({ expr, place })));
    },
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || key.value !== "expr") return;
      const expr = isAlias(value) ? value.resolve(document) : value;
      if (isScalar(expr)) found.push({ expr: String(expr.value), place: `line ${lineOf(expr.range?.[0] ?? 0)}` });
    },
  });
  return found;
}
