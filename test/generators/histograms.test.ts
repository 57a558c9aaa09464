import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import { components, stack } from "../../generators/index.js";
import { allJobs } from "../../generators/prometheus/scrape/applications.js";
import { defaults } from "../../generators/settings/index.js";
import { withConditional } from "../../metrics/catalogue/conditional.js";
import { runRuleChecks } from "../../scripts/lib/checks/rules/index.js";
import { root } from "../../scripts/lib/project.js";
import { readCatalogues } from "../../scripts/lib/read-catalogues.js";

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

test("a job says that it has histograms where some were seen", async () => {
  const catalogues = await readCatalogues();
  for (const { config, histograms = false } of allJobs(defaults)) {
    const seen = catalogues.get(config.job_name);
    if (seen === undefined) continue;
    const metrics = Object.values(withConditional(config.job_name, seen));
    assert.equal(
      metrics.some(({ type }) => type === "histogram"),
      histograms,
      config.job_name,
    );
  }
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
