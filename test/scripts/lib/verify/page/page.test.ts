import assert from "node:assert/strict";
import { test } from "uvu";
import { allRuleFiles } from "../../../../../generators/prometheus/rules/index.js";
import { scrapeJobs } from "../../../../../generators/prometheus/scrape/index.js";
import { defaults } from "../../../../../generators/settings/index.js";
import { check } from "../../../../../metrics/promql/check.js";
import { catalogueView } from "../../../../../metrics/view.js";
import { readCatalogues } from "../../../../../scripts/lib/read-catalogues.js";
import { expressions, processors } from "../../../../../scripts/lib/verify/page/figures.js";
import { page, requireWritable } from "../../../../../scripts/lib/verify/page/index.js";
import { reportOf } from "../../../../../scripts/lib/verify/report.js";
import { css, figures, good, now } from "./fixtures.js";

const html = page(good, figures, now, css);

test("every expression of the page reads what the targets expose, in whichever form histograms are kept", async () => {
  const either = { convert_classic_histograms_to_nhcb: true, always_scrape_classic_histograms: true };
  const jobs = scrapeJobs(defaults).map((job) => ({ ...job, config: { ...job.config, ...either } }));
  const view = catalogueView(defaults, jobs, allRuleFiles(defaults), await readCatalogues());
  const { busy, cores } = processors(defaults.scrape.interval);
  for (const expression of [busy, cores, ...Object.values(expressions)])
    assert.deepEqual(check(expression, view), [], expression);
  assert.equal(check(busy.replace("cpu_seconds", "cpu_secnds"), view).length, 1);
});

test("the page loads nothing from anywhere, and a browser is told not to", () => {
  assert.doesNotMatch(html, /\b(src|href|action)=|url\(|@import|<script/);
  assert.match(html, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/);
});

test("the page is for light and for dark", () => {
  assert.match(css, /@media \(prefers-color-scheme: dark\)/);
  const colours = (text: string) => [...text.matchAll(/^ +(--\w+): #/gm)].map(([, name]) => name);
  const [light = "", dark = ""] = css.split("@media (prefers-color-scheme: dark)");
  assert.ok(colours(light).length > 10);
  assert.deepEqual(colours(dark.split("\n}")[0] ?? ""), colours(light), "a colour that is only in one of them");
});

test("each node has its processor with every core, and its memory", () => {
  for (const { name, cores } of figures.nodes) {
    const card = html.split(`<h3>${name}</h3>`)[1]?.split("</section>")[0] ?? "";
    assert.equal(card.match(/<svg /g)?.length, 2, name);
    for (const core of cores)
      assert.ok(card.includes(`<title>core ${core.name}</title>`), `${name}: core ${core.name}`);
  }
});

test("where samples are missing the line is interrupted", () => {
  const [, drawn = ""] = /<path class="line main" d="([^"]*)"/.exec(html) ?? [];
  assert.equal(drawn.match(/M/g)?.length, 2);
  assert.doesNotMatch(html, /NaN/);
});

test("no line begins before the scale does", () => {
  const nodes = figures.nodes.map((node) => ({ ...node, busy: node.busy.slice(8) }));
  const lines = [...page(good, { ...figures, nodes }, now, css).matchAll(/<path class="line[^"]*" d="M([\d.]+),/g)];
  assert.ok(lines.length > 4);
  for (const [, x] of lines) assert.ok(Number(x) >= 52, `a line begins at ${x}`);
});

test("jobs stand in the order of their cost, and their sum below", () => {
  const cost = html.split("<h2>Cost by job</h2>")[1] ?? "";
  const order = [...cost.matchAll(/<tr><td>([a-z-]+)<\/td>/g)].map(([, job]) => job);
  assert.deepEqual(order, ["node-exporter", "kubernetes-apiservers", "kubelet", "cadvisor", "all"]);
  assert.match(cost, /<tfoot><tr><td>all<\/td><td>53,600<\/td><td class="number">54,000<\/td>/);
});

test("what of the series is read stands below the jobs, where it is known", () => {
  assert.doesNotMatch(html, /series are kept/);
  const bill = { pod: "prometheus-0", kept: 3473, wasteByName: 1.07, bytes: null, jobs: [] };
  const known = page({ ...good, bill }, figures, now, css);
  assert.match(known, /<h2>Cost by job<\/h2><div class="table">/);
  assert.match(known, /<p class="quiet">3,473 series are kept, 1\.07 for one of a name that is read\. /);
});

test("what is not known is a dash, with the reason", () => {
  assert.match(html, /only with <code>extra_scrape_metrics: true<\/code>/);
  assert.match(html, /after the first compaction/);
  const costs = figures.costs.map((one) => ({ ...one, bodyBytes: 2048 }));
  const known = page(good, { ...figures, costs, bytesPerSample: 1.5 }, now, css);
  assert.doesNotMatch(known, /extra_scrape_metrics|first compaction/);
  assert.match(known, /<td class="number">8 KiB<\/td>/);
  assert.match(known, /A sample takes 1\.5 bytes on disk/);
});

test("an alert that fires and a rule that fails are named", () => {
  assert.match(html, /NodeMemoryHigh<\/td><td>warning<\/td><td>Memory of devbox is short\./);
  assert.match(html, /all evaluate/);
  const broken = { name: "broken:rule", type: "recording", health: "err", lastError: "many-to-many" } as const;
  const groups = [{ name: "g", file: "g.yml", evaluationTime: 1, rules: [broken] }];
  const failing = page(good, { ...figures, groups }, now, css);
  assert.match(failing, /<b>broken:rule<\/b><br>many-to-many/);
  assert.match(failing, /1 fail/);
});

test("without a Prometheus the page says what is wrong, and has no figures", () => {
  const problem = { kind: "not ready", subject: "Deployment a/b <x>", reason: "no & image", cure: "pull" } as const;
  const none = page(reportOf("overlays/devbox", [problem], []), undefined, now, css);
  assert.match(none, /<b>Deployment a\/b &lt;x&gt;<\/b> is <span class="bad">not ready<\/span><br>no &amp; image/);
  assert.match(none, /no Prometheus is ready/);
  assert.doesNotMatch(none, /<svg/);
});

test("a file that cannot be written is refused before anything is asked", async () => {
  await assert.rejects(
    requireWritable("/no/such/folder/report.html"),
    /\/no\/such\/folder is not there or not writable/,
  );
  await assert.rejects(requireWritable("docs"), /--report docs is a folder/);
  await requireWritable("report.html");
});

test.run();
