import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { chalk } from "zx";
import { checks, type Findings, runChecks, unlookedAt } from "./checks/index.js";
import { copiesIn } from "./copies.js";
import { Failure, refusalOf } from "./failure.js";
import { findOverlays, kustomizationFile, nameOf, overlayFolder } from "./overlays.js";
import { root } from "./project.js";
import { render } from "./render.js";
import { replaceFile } from "./write-files.js";

/** What became of one overlay. */
interface Outcome {
  readonly overlay: string;
  /** Why it could not be rendered. */
  readonly failure?: Failure;
  readonly findings: Findings;
  /** What of it no check can look at, one sentence each. */
  readonly unlooked?: readonly string[];
  /** What is to know of the copies of files of base/ that it has, one sentence each. */
  readonly copies?: readonly string[];
  /** The file that it was written to, from the root of the project, when nothing was wrong. */
  readonly file?: string;
}

/**
 * Renders an overlay, checks what came out, and writes it to a file of its own below `folder` when nothing is wrong:
 * overlays/a/b to `a/b.yaml`, what is outside of overlays/ to its absolute path below `elsewhere/`. What an earlier build
 * wrote there stays as it is otherwise.
 *
 * @param named as {@link overlayFolder} takes it
 */
export async function buildOverlay(named: string, folder = dist): Promise<Outcome> {
  const overlay = nameOf(overlayFolder(named));
  try {
    const rendered = await render(named);
    const findings = await runChecks(rendered);
    const unlooked = await unlookedAt(rendered, findings);
    const copies = await copiesIn(rendered.kustomizations ?? []);
    if (count(findings) > 0) return { overlay, findings, unlooked, copies };
    const file = join(folder, fileOf(overlayFolder(named)));
    await replaceFile(file, rendered.text);
    return { overlay, findings, unlooked, copies, file: relative(root, file) };
  } catch (error) {
    const failure = error instanceof Failure ? error : refusalOf(error);
    if (failure === undefined) throw error;
    return { overlay, findings: new Map(), failure };
  }
}

const dist = join(root, "dist");
const overlaysFolder = join(root, "overlays");

/** Where below dist/ an overlay is written. */
function fileOf(overlay: string): string {
  const within = relative(overlaysFolder, overlay);
  return `${within.startsWith("..") ? join("elsewhere", overlay) : within}.yaml`;
}

/** The folder of the overlay that wrote a file. */
function folderOf(file: string): string {
  const path = file.replace(/\.yaml$/, "");
  return path.startsWith("elsewhere/") ? path.slice("elsewhere".length) : join(overlaysFolder, path);
}

/**
 * Removes what overlays left that are gone, or that are a part of another one now.
 *
 * @returns the files, from the root of the project
 */
export async function removeStale(folder = dist): Promise<readonly string[]> {
  const { parts } = await findOverlays();
  const entries = existsSync(folder) ? await readdir(folder, { recursive: true, withFileTypes: true }) : [];
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".yaml"))
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    // What npm run outside and npm pack write.
    .filter((file) => !/^(outside|package)\//.test(file));
  const isStale = (file: string) =>
    kustomizationFile(folderOf(file)) === undefined || parts.has(nameOf(folderOf(file)));
  const stale = files.filter(isStale);
  await Promise.all(stale.map((file) => rm(join(folder, file))));
  return stale.map((file) => relative(root, resolve(folder, file))).sort();
}

/**
 * What a build of these overlays did not look at, or not on its own: one line each.
 *
 * @param built from the root of the project
 */
export async function notLookedAt(built: readonly string[]): Promise<readonly string[]> {
  const { overlays, parts, unused } = await findOverlays();
  const others = overlays.filter((overlay) => !built.includes(overlay));
  return [
    ...(others.length === 0 ? [] : [`not looked at: ${others.join(", ")}`]),
    ...built.flatMap((overlay) => {
      const through = [...parts].filter(([, user]) => user === overlay).map(([part]) => part);
      return through.length === 0 ? [] : [`looked at through ${overlay}: ${through.join(", ")}`];
    }),
    ...unused.map((folder) => `not looked at: ${folder}, which no overlay uses`),
  ];
}

function count(findings: Findings): number {
  return [...findings.values()].flat().length;
}

/** One line for each check, one column for each overlay that was rendered; nothing where none was. */
export function table(outcomes: readonly Outcome[]): string {
  const rendered = outcomes.filter(({ failure }) => failure === undefined);
  if (rendered.length === 0) return "";
  const rows = [
    ["", ...rendered.map(({ overlay }) => overlay.replace(/^overlays\//, ""))],
    ...checks.map(({ name }) => [name, ...rendered.map(({ findings }) => cell(findings.get(name)?.length))]),
  ];
  return aligned(rows);
}

/** One line for each check of the rules and dashboards, which are the same for every overlay. */
export function ruleTable(findings: Findings): string {
  return aligned([...findings].map(([name, { length }]) => [name, cell(length)]));
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) => row.map((text, column) => colour(text, widths[column] ?? 0)).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}

function cell(wrong: number | undefined): string {
  if (wrong === undefined) return "not run";
  return wrong === 0 ? "ok" : `${wrong} wrong`;
}

function colour(text: string, width: number): string {
  const padding = " ".repeat(width - text.length);
  if (text === "ok") return chalk.green(text) + padding;
  return (text.endsWith(" wrong") ? chalk.red(text) : text) + padding;
}

/** What is wrong, overlay by overlay: the object, what is wrong with it, and the fix. */
export function problems(outcomes: readonly Outcome[]): string {
  return outcomes.flatMap(problemsOf).join("\n\n");
}

/** What is wrong with rules and dashboards: where, what, and the fix; empty when nothing is. */
export function ruleProblems(findings: Findings): string {
  return described(findings).join("\n\n");
}

function problemsOf({ overlay, failure, findings }: Outcome): string[] {
  if (failure !== undefined) return [[failure.message, ...(failure.cure ? [`  fix: ${failure.cure}`] : [])].join("\n")];
  return described(findings).map((problem) => `${overlay}: ${problem}`);
}

function described(findings: Findings): string[] {
  return [...findings].flatMap(([check, found]) =>
    found.map(({ object, message, fix }) => `${object}\n  ${check}: ${message}\n  fix: ${fix}`),
  );
}
