import assert from "node:assert/strict";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { test } from "uvu";
import { $ } from "zx";
import { scrapeJobs } from "../../generators/prometheus/scrape/index.js";
import { defaults } from "../../generators/settings/index.js";
import { root } from "../../scripts/lib/project.js";
import { browser } from "./lib/browser.js";
import { type Devbox, devbox } from "./lib/devbox.js";
import { eventually } from "./lib/eventually.js";
import { picture } from "./lib/images.js";
import { query } from "./lib/prometheus.js";

const jobs = scrapeJobs(defaults).map(({ config }) => config.job_name);

let box: Devbox;
let folder = "";
let chromium: Browser;
let page: Page;
/** Whatever the page asked for, its own file included. */
const asked: string[] = [];

test.before(async () => {
  box = await devbox();
  await eventually("three minutes of the node's load", async () => {
    const [sample] = await query(box.kubectl, 'count_over_time(up{job="node-exporter"}[3m])');
    return Number(sample?.value[1]) >= 11;
  });
  folder = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
  const file = join(folder, "report.html");
  const verify = ["verify", "--", "overlays/devbox", "--wait=120s", "--report", file];
  await $({ cwd: root, quiet: true })`npm run -s ${verify}`;
  assert.ok((await stat(file)).size > 10_000);
  chromium = await browser();
  page = await chromium.newPage({ viewport: { width: 1240, height: 900 }, colorScheme: "light" });
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(pathToFileURL(file).href);
});

test.after(async () => {
  await chromium?.close();
  await rm(folder, { recursive: true, force: true });
});

test("the report says that all hold, with a row for every job", async () => {
  assert.equal(await page.locator(".tile.good b").first().textContent(), "all hold");
  const rows = await page.locator("h2:text-is('Targets') + .table tbody tr").allTextContents();
  for (const job of jobs) assert.match(rows.find((row) => row.startsWith(job)) ?? "", /11[\d,]+\d+ s ago$/, job);
});

test("the report draws each core of the node, and its memory", async () => {
  const [cores] = await query(box.kubectl, 'count(node_cpu_seconds_total{job="node-exporter", mode="idle"})');
  const lines = page.locator(".card .plot").first().locator(".line");
  assert.equal(await lines.count(), Number(cores?.value[1]) + 1, "a line for each core and one for all");
  for (const path of await page.locator(".card .line.main").all()) {
    const points = (await path.getAttribute("d"))?.split("L").length ?? 0;
    assert.ok(points >= 5, `a curve of ${points} points`);
    assert.ok(((await path.boundingBox())?.width ?? 0) > 50, "a curve that nobody sees");
  }
});

test("the report knows what each job costs, in series, samples and bytes", async () => {
  const rows = await page.locator("h2:text-is('Cost by job') + .table tbody tr").allTextContents();
  assert.equal(rows.length, jobs.length);
  for (const row of rows) assert.match(row, /[1-9][\d,]* \d+ %.*[KM]?iB/, row);
});

test("the report has the rules, and none of them fails", async () => {
  assert.match(
    (await page.locator("h2:text-is('Rules') + p").textContent()) ?? "",
    /^\d+ record, \d+ alert; all evaluate/,
  );
});

test("the report asks nobody for anything", () => {
  assert.deepEqual(
    asked.filter((url) => !url.startsWith("file:")),
    [],
  );
  assert.equal(asked.length, 1);
});

test("the report is light or dark as the system is, and fits a telephone", async () => {
  const back = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
  const light = await back();
  await picture(page, "report.png", { fullPage: true });
  await page.emulateMedia({ colorScheme: "dark" });
  assert.notEqual(await back(), light);
  await page.setViewportSize({ width: 390, height: 800 });
  assert.ok(Number(await page.evaluate("document.documentElement.scrollWidth")) <= 390, "the page scrolls sideways");
});

test.run();
