import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { chalk } from "zx";
import { checks, type Findings, runChecks } from "./checks/index.js";
import { Failure } from "./failure.js";
import { root } from "./project.js";
import { render } from "./render.js";

/** What became of one overlay. */
export interface Outcome {
  readonly overlay: string;
  /** Why it could not be rendered. */
  readonly failure?: Failure;
  readonly findings: Findings;
  /** The file that it was written to, from the root of the project, when nothing was wrong. */
  readonly file?: string;
}

/** The overlays that there are, from the root of the project. */
export async function allOverlays(): Promise<string[]> {
  const entries = await readdir(join(root, "overlays"));
  return entries
    .sort()
    .map((entry) => `overlays/${entry}`)
    .filter((overlay) => existsSync(join(root, overlay, "kustomization.yaml")));
}

/**
 * Renders an overlay, checks what came out, and writes it to `<folder>/<overlay>.yaml` when nothing is wrong. What an
 * earlier build wrote there stays as it is otherwise.
 */
export async function buildOverlay(overlay: string, folder = join(root, "dist")): Promise<Outcome> {
  try {
    const rendered = await render(overlay);
    const findings = await runChecks(rendered);
    if (count(findings) > 0) return { overlay, findings };
    const file = join(folder, `${basename(overlay)}.yaml`);
    await replace(file, rendered.text);
    return { overlay, findings, file: relative(root, file) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { overlay, findings: new Map(), failure: error };
  }
}

async function replace(file: string, text: string): Promise<void> {
  await mkdir(join(file, ".."), { recursive: true });
  // Under a name of its own, so that two builds at once do not write into one file.
  const partial = `${file}.${process.pid}.new`;
  try {
    await writeFile(partial, text);
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
}

function count(findings: Findings): number {
  return [...findings.values()].flat().length;
}

/** One line for each check, one column for each overlay. */
export function table(outcomes: readonly Outcome[]): string {
  const rows = [
    ["", ...outcomes.map(({ overlay }) => basename(overlay))],
    ["renders", ...outcomes.map(({ failure }) => (failure === undefined ? "ok" : "no"))],
    ...checks.map(({ name }) => [name, ...outcomes.map(({ findings }) => cell(findings.get(name)?.length))]),
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
  return (text === "no" || text.endsWith(" wrong") ? chalk.red(text) : text) + padding;
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
