import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { settingsFrom } from "../../../generators/settings/index.js";
import { Failure } from "../../../scripts/lib/failure.js";
import { withFiles } from "../../../scripts/lib/lean-files.js";

const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-files-"));
test.after(() => rm(folder, { recursive: true }));

/** The expressions that come of one file. */
async function read(name: string, text: string): Promise<readonly string[]> {
  await writeFile(join(folder, name), text);
  const { lean } = await withFiles(settingsFrom({ lean: { expressions: ["up"], files: [name] } }), folder);
  assert.deepEqual(lean.files, []);
  return lean.expressions.slice(1);
}

const refused = (message: RegExp) => (error: unknown) => error instanceof Failure && message.test(error.message);

test("expressions come from dashboards, rules and PromQL", async () => {
  const panels = [{ title: "One", targets: [{ expr: "a" }] }];
  assert.deepEqual(await read("a.json", JSON.stringify({ title: "Mine", panels })), ["a"]);
  assert.deepEqual(await read("a.yml", "groups:\n  - rules: [{ record: b, expr: a }, { alert: C, expr: c > 1 }]\n"), [
    "a",
    "c > 1",
  ]);
  assert.deepEqual(await read("a.promql", "# who asks\nsum(\n  a\n)\n\n# nothing\n\nb\n"), [
    "# who asks\nsum(\n  a\n)",
    "b",
  ]);
});

test("a byte order mark is none of the text", async () => {
  const panels = [{ title: "One", targets: [{ expr: "a" }] }];
  assert.deepEqual(await read("f.json", `\uFEFF${JSON.stringify({ title: "Mine", panels })}`), ["a"]);
  assert.deepEqual(await read("f.promql", "\uFEFFa\n"), ["a"]);
  assert.deepEqual(await read("f.yml", "\uFEFFgroups: [{ rules: [{ record: b, expr: a }] }]\n"), ["a"]);
});

test("an expression behind an alias is read where the alias stands for it", async () => {
  assert.deepEqual(await read("b.yml", "x: &a up\ngroups: [{ rules: [{ alert: B, expr: *a }] }]\n"), ["up"]);
});

test("what templates of rules query is read", async () => {
  const rule = "{ alert: A, expr: up, annotations: { summary: '{{ query \"b\" | first | value }}' } }";
  assert.deepEqual(await read("e.yml", `groups: [{ rules: [${rule}] }]\n`), ["up", "b"]);
});

test("what does not parse is told of by file and line", async () => {
  await assert.rejects(
    read("b.promql", "a\n\nsum(\n"),
    refused(/lean\.files: b\.promql, line 3: this is no PromQL: line/),
  );
  await assert.rejects(
    read("b.yml", "groups:\n  - rules:\n      - alert: A\n        expr: a >\n"),
    refused(/b\.yml, line 4/),
  );
  const panels = [{ title: "One", targets: [{ expr: "a b" }] }];
  await assert.rejects(
    read("b.json", JSON.stringify({ title: "Mine", panels })),
    refused(/b\.json, panel One of dashboard Mine: this is no PromQL/),
  );
});

test("what is not there, no JSON or no YAML, or holds nothing is told of by its name", async () => {
  const { lean, ...rest } = settingsFrom({ lean: { files: ["none.yml"] } });
  await assert.rejects(withFiles({ lean, ...rest }, folder), refused(/none\.yml cannot be read: ENOENT/));
  await assert.rejects(read("c.json", "{"), refused(/c\.json: .*JSON/));
  await assert.rejects(read("c.yml", "a: ["), refused(/lean\.files: c\.yml:\d: is no YAML/));
  await assert.rejects(read("d.yml", "a: b\n"), refused(/d\.yml holds no expression/));
});

test.run();
