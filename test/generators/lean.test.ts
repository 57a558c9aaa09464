import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import { keepListsOf, lean } from "../../generators/components/lean.js";
import { askedByHand } from "../../generators/lean/asked-by-hand.js";
import { reads } from "../../generators/lean/reads.js";
import { collectors } from "../../generators/node-exporter/collectors.js";
import { settingsFrom } from "../../generators/settings/index.js";
import { withConditional } from "../../metrics/catalogue/conditional.js";
import { catalogues } from "../../metrics/catalogue/index.js";
import { keeping, type Read } from "../../metrics/keep-list.js";
import { losses } from "../../metrics/losses.js";
import { selectors } from "../../metrics/promql/selectors.js";
import { root } from "../../scripts/lib/project.js";
import { readCatalogues } from "../../scripts/lib/read-catalogues.js";

const settings = settingsFrom({});

/** What the keep-lists of some settings drop of what somebody reads. */
function lost(asked: readonly Read[], from = settings): string[] {
  const jobs = [...keepListsOf(from)].map(([job, list]) => ({
    job,
    metrics: withConditional(job, catalogues.get(job) ?? {}),
    steps: keeping(list),
  }));
  return losses(jobs, asked).flatMap(({ reader, lost, job }) =>
    lost.map(({ series }) => `${reader} reads ${series} of job ${job}`),
  );
}

/** Every block of PromQL of a runbook. */
const runbooks: readonly Read[] = readdirSync(join(root, "docs/runbooks"))
  .filter((name) => name.endsWith(".md"))
  .flatMap((name) => {
    const text = readFileSync(join(root, "docs/runbooks", name), "utf8");
    const blocks = [...text.matchAll(/^```promql\n(.*?)^```$/gms)];
    const lines = blocks.flatMap(([, block = ""]) => block.trim().split(/\n(?! )/));
    return lines.map((expr) => ({ expr, reader: `runbook ${name.replace(/\.md$/, "")}` }));
  });

test("what rules, alerts, panels and runbooks read is kept", () => {
  assert.ok(runbooks.length > 100);
  assert.deepEqual(
    runbooks.filter(({ expr }) => selectors(expr).length === 0),
    [],
  );
  assert.deepEqual(lost(reads(settings)), []);
  assert.deepEqual(lost(runbooks), []);
});

test("what a runbook is said to ask is asked there", () => {
  for (const [reader, expressions] of Object.entries(askedByHand)) {
    const names = expressions.flatMap((expr) => selectors(expr).map(({ metric }) => metric));
    const asking = runbooks.filter((one) => one.reader === reader).flatMap(({ expr }) => selectors(expr));
    if (reader.startsWith("runbook"))
      assert.deepEqual(
        names.filter((name) => !asking.some(({ metric }) => metric === name)),
        [],
        reader,
      );
  }
});

test("settings widen the lists, and what they do not name stays away", () => {
  const asked = [{ expr: "node_load1 + node_forks_total", reader: "me" }];
  assert.deepEqual(lost(asked).length, 2);
  assert.deepEqual(
    lost(asked, settingsFrom({ lean: { names: ["node_load1"], expressions: ["node_forks_total"] } })),
    [],
  );
});

test("a job is scraped less often unless somebody looks back over less than four intervals", () => {
  const interval = (job: string, lean_: object, more: object = {}) =>
    lean(settingsFrom({ lean: lean_, ...more })).rewrites?.find(({ text }) => text.name === `scrape/${job}.yml`)?.text
      .content;
  const expressions = ["rate(node_forks_total[1m])", 'rate(up{job="kubelet"}[1m])'];
  assert.match(JSON.stringify(interval("node-exporter", {})), /"scrape_interval":"30s"/);
  assert.doesNotMatch(JSON.stringify(interval("node-exporter", { expressions })), /scrape_interval/);
  assert.match(JSON.stringify(interval("kubelet", { expressions })), /"scrape_interval":"30s"/);
  const ownInterval = { jobs: { kubelet: { scrapeInterval: "20s" } } };
  assert.doesNotMatch(JSON.stringify(interval("kubelet", {}, ownInterval)), /scrape_interval/);
  assert.doesNotMatch(JSON.stringify(interval("kubelet", { scrapeInterval: "10s" })), /scrape_interval/);
});

test("every name of node-exporter's own comes from one collector, and a collector that is read stays on", () => {
  for (const name of Object.keys(catalogues.get("node-exporter") ?? {})) {
    const own = Object.keys(collectors).filter((collector) => collectors[collector]?.test(name));
    const expected = /^node_(exporter|scrape)_/.test(name) ? 0 : 1;
    assert.equal(own.length, expected, `${name}: ${own}`);
  }
});

test("the catalogues that the generators have are those of the files", async () => {
  assert.deepEqual([...catalogues].sort(), [...(await readCatalogues())].sort());
});

test.run();
