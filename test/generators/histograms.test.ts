import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import { components, stack } from "../../generators/index.js";
import { defaults } from "../../generators/settings/index.js";
import { runRuleChecks } from "../../scripts/lib/checks/rules/index.js";
import { root } from "../../scripts/lib/project.js";

const test = suite("histograms");

test("no generator writes a bucket by hand", async () => {
  const files = (await readdir(join(root, "generators"), { recursive: true })).filter((file) => file.endsWith(".ts"));
  assert.ok(files.length > 100);
  const texts = files.map(async (file) => [file, await readFile(join(root, "generators", file), "utf8")] as const);
  const written = (await Promise.all(texts)).filter(([, text]) => /_bucket\b/.test(text)).map(([file]) => file);
  assert.deepEqual(written, [], "metrics/promql/histogram.ts writes it, in the form that is asked for");
});

test("rules and dashboards read what is there, in either form", async () => {
  assert.deepEqual(
    [...(await runRuleChecks(defaults))].filter(([, found]) => found.length > 0),
    [],
  );
});

test("what the Component puts in the place of others differs from them in how it reads histograms, and in nothing else", () => {
  const all = components(defaults);
  const { rewrites = [] } = all.find(({ name }) => name === "native-histograms") ?? {};
  const brought = all.flatMap(({ configMaps = [], adds = [] }) => [...configMaps, ...adds]);
  const base = stack(defaults).flatMap(({ configMaps = [] }) => configMaps);
  const texts = (map: string, file: string) =>
    [...base, ...brought]
      .filter(({ name }) => name === map)
      .flatMap(({ files }) => files.filter(({ name }) => name === file));
  const withoutExpressions = (content: unknown) =>
    JSON.stringify(content, (key, value) => (key === "expr" ? "" : value));
  const whole = rewrites.filter(({ place }) => place === "instead");
  assert.ok(whole.length > 10);
  for (const { map, file, text } of whole) {
    const classic = texts(map, file);
    assert.ok(classic.length > 0, file);
    for (const { content } of classic) {
      assert.equal(withoutExpressions(text.content), withoutExpressions(content), file);
      assert.notDeepEqual(text.content, content, file);
    }
  }
});

test.run();
