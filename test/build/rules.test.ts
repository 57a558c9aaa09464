import assert from "node:assert/strict";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { parse, stringify } from "yaml";
import { allRuleFiles } from "../../generators/prometheus/rules/index.js";
import { defaults } from "../../generators/settings/index.js";
import type { HistogramForm } from "../../metrics/promql/histogram.js";
import { runRuleChecks } from "../../scripts/lib/checks/rules/index.js";
import { child } from "../../scripts/lib/child.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { type InputSeries, inNativeForm } from "../lib/native-series.js";
import { layOutRules } from "./lib/lay-out-rules.js";

/** Runs promtool on every file of a folder of the rules laid out beside their tests. */
async function promtool(form: HistogramForm, folder: string, ending: string, ...args: string[]): Promise<void> {
  const laidOut = await layOutRules(defaults, form);
  try {
    const found = (await readdir(join(laidOut, folder))).filter((file) => file.endsWith(ending));
    const files = form === "native" ? found.filter((file) => readingHistograms.has(subjectOf(file))) : found;
    assert.notEqual(files.length, 0, folder);
    if (form === "native" && folder === "test/rules")
      for (const file of files) await rewriteTests(join(laidOut, folder, file));
    const paths = files.sort().map((file) => join(folder, file));
    const { code, output } = await child(await toolchain.tool("promtool"), [...args, ...paths], { cwd: laidOut });
    assert.equal(code, 0, output);
  } finally {
    await rm(laidOut, { recursive: true });
  }
}

/** Subjects whose rules are others with native histograms. */
const readingHistograms = new Set(
  allRuleFiles(defaults, "native").flatMap((file, index) =>
    JSON.stringify(file) === JSON.stringify(allRuleFiles(defaults)[index]) ? [] : [file.subject],
  ),
);

function subjectOf(file: string): string {
  return file.replace(/(\.test)?\.yml$/, "");
}

/** Gives the rules of a file the same series, with native histograms; leaves out the tests without any. */
async function rewriteTests(path: string): Promise<void> {
  const { tests, ...rest }: { tests: readonly { readonly input_series: InputSeries[] }[] } = parse(
    await readFile(path, "utf8"),
  );
  const native = tests
    .map((one) => ({ one, input_series: inNativeForm(one.input_series) }))
    .filter(({ one, input_series }) => JSON.stringify(input_series) !== JSON.stringify(one.input_series))
    .map(({ one, input_series }) => ({ ...one, input_series }));
  assert.notEqual(native.length, 0, path);
  await writeFile(path, stringify({ ...rest, tests: native }, { aliasDuplicateObjects: false, lineWidth: 0 }));
}

for (const form of ["classic", "native"] as const) {
  test(`promtool accepts every file of rules, with ${form} histograms`, () =>
    promtool(form, "base/prometheus/rules", ".yml", "check", "rules"));

  test(`every alert fires when it should, and only then, with ${form} histograms`, () =>
    promtool(form, "test/rules", ".test.yml", "test", "rules"));
}

test("every rule reads what is there, and every alert has a runbook and tests", async () => {
  const found = [...(await runRuleChecks(defaults)).values()].flat();
  const lines = found.map(({ object, message, fix }) => `${object}: ${message} (${fix})`);
  assert.deepEqual(lines, []);
});

test.run();
