import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { test } from "uvu";
import { scrapeJobs } from "../../generators/prometheus/scrape/index.js";
import { defaults } from "../../generators/settings/index.js";
import { browser } from "./lib/browser.js";
import { devbox } from "./lib/devbox.js";
import { eventually } from "./lib/eventually.js";
import { picture } from "./lib/images.js";
import { query } from "./lib/prometheus.js";

const jobs = scrapeJobs(defaults).map(({ config }) => config.job_name);
const load = 'sum by (instance, cpu) (rate(node_cpu_seconds_total{job="node-exporter", mode!="idle"}[1m]))';

let address = "";
let chromium: Browser;
let page: Page;

test.before(async () => {
  const { printed, kubectl } = await devbox();
  address = /http:\/\/[\d.]+:9090/.exec(printed)?.[0] ?? assert.fail("no address of Prometheus was printed");
  await eventually("two minutes of the node's load", async () => {
    const [sample] = await query(kubectl, 'count_over_time(up{job="node-exporter"}[2m])');
    return Number(sample?.value[1]) >= 8;
  });
  chromium = await browser();
  page = await chromium.newPage({ viewport: { width: 1280, height: 900 } });
});

test.after(async () => {
  await chromium?.close();
});

test("the targets page shows every job up", async () => {
  await page.goto(`${address}/targets`);
  for (const job of jobs) {
    const pool = page
      .locator(".mantine-Accordion-item")
      .filter({ hasText: new RegExp(`^${job}(?!-)\\D*\\d+ / \\d+ up`) });
    await pool.waitFor({ timeout: 60_000 });
    const [, up, all] = /(\d+) \/ (\d+) up/.exec((await pool.textContent()) ?? "") ?? [];
    assert.ok(up !== undefined && up === all && up !== "0", `${job}: ${up} of ${all} up`);
  }
  await picture(page, "targets.png", { fullPage: true });
});

test("the graph page draws the load of the node's cores", async () => {
  const parameters = new URLSearchParams({ "g0.expr": load, "g0.tab": "graph", "g0.range_input": "5m" });
  await page.goto(`${address}/query?${parameters}`);
  await page.locator(".uplot canvas").first().waitFor({ timeout: 60_000 });
  const legend = await page.locator(".u-legend .u-series").count();
  assert.ok(legend >= 2, "a curve for each core");
  await picture(page, "node-load.png");
});

test.run();
