import assert from "node:assert/strict";
import { test } from "uvu";
import { defaults } from "../../../../generators/settings/index.js";
import { checkSection } from "../../../../proof/lib/docs/section.js";
import { settingsSection } from "../../../../proof/lib/docs/settings.js";
import { settingsTree } from "../../../../proof/lib/settings-tree.js";

const lines = settingsSection().text.split("\n");

test("the tables of docs/settings.md are what the schema gives", async () => {
  await checkSection(settingsSection());
});

test("every setting has a row with its default, its form and what it is", () => {
  const paths = (block: object): string[] =>
    Object.entries(block).flatMap(([name, value]) => (isBlock(value) ? paths(value) : [name]));
  const names = paths(defaults);
  const rows = lines.filter((line) => line.startsWith("| `"));
  // What need not be given is not among the defaults.
  const optional = rows.filter((row) => /^\| `\w+` \| (none|`\{\}`) \|/.test(row));
  assert.equal(rows.length - optional.length, names.length);
  for (const row of rows) assert.match(row, /^\| `\w+` \| \S.* \| \S.* \| \S.*\. \|$/);
});

test("a default stands there as it is, and its unit beside it", () => {
  assert.ok(lines.some((line) => line.startsWith("| `interval` | `15s` | duration up to `75s`")));
  assert.ok(lines.some((line) => line.startsWith("| `jobSeconds` | `43200` | seconds, a whole number |")));
});

test("a bar within a default does not end its cell", () => {
  assert.ok(lines.some((line) => line.includes("`incidentio\\|opsgenie")));
});

test("a setting whose form nobody tells of is an error", () => {
  const [setting] = settingsTree();
  assert.ok(setting !== undefined);
  const list = { ...setting, form: undefined, shape: { is: "list", of: { is: "text" } } } as const;
  assert.throws(() => settingsSection([list]), /a setting that is a list needs a title/);
});

function isBlock(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

test.run();
