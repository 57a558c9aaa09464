import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { parse } from "yaml";
import { defaults } from "../../../../generators/settings/index.js";
import { coverageSection, subjectsSection } from "../../../../proof/lib/docs/alerts.js";
import { checkSection } from "../../../../proof/lib/docs/section.js";
import type { RuleTests } from "../../../../scripts/lib/checks/rules/tests.js";
import { root } from "../../../../scripts/lib/project.js";

for (const section of [subjectsSection(), coverageSection()]) {
  test(`the table of ${section.name} in docs/alerts.md is what the generators give`, async () => {
    await checkSection(section);
  });
}

const lines = coverageSection(defaults).text.split("\n");

test("the test that a row names is one that sees its alert fire", async () => {
  const rows = lines.flatMap((line) => {
    const [, , , alert, , test] = line.split("|").map((cell) => cell.trim());
    const file = /\((.*)\)/.exec(test ?? "")?.[1];
    return alert !== undefined && file !== undefined ? [{ alert, file }] : [];
  });
  assert.ok(rows.length > 100, `${rows.length} rows with a test`);
  const firing = new Map<string, Set<string>>();
  for (const file of new Set(rows.map((row) => row.file))) {
    const { tests = [] } = parse(await readFile(join(root, "docs", file), "utf8")) as RuleTests;
    const cases = tests.flatMap(({ alert_rule_test = [] }) => alert_rule_test);
    firing.set(file, new Set(cases.flatMap(({ alertname, exp_alerts }) => (exp_alerts?.length ? [alertname] : []))));
  }
  assert.deepEqual(
    rows.filter(({ alert, file }) => !firing.get(file)?.has(alert)),
    [],
  );
});

test("what is told twice, once for each severity, is one row", () => {
  const rows = lines.filter((line) =>
    line.includes("| NodeFilesystemAlmostOutOfSpace | NodeFilesystemAlmostOutOfSpace |"),
  );
  assert.equal(rows.length, 1);
  assert.match(rows[0] ?? "", /\| warning, critical \|/);
});

test("what is not told of says why, and names no test", () => {
  const row = lines.find((line) => line.includes("NodeSystemdServiceFailed"));
  assert.match(row ?? "", /\| none: The systemd collector is off: .* \| – \| – \| – \|$/);
});

test.run();
