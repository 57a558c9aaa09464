import assert from "node:assert/strict";
import * as units from "@grafana/grafana-foundation-sdk/units";
import { test } from "uvu";
import { allDashboards, dashboards } from "../../../generators/grafana/dashboards/index.js";
import { areas } from "../../../generators/grafana/lib/dashboard.js";
import { json } from "../../../generators/lib/text.js";
import { scrapeJobs } from "../../../generators/prometheus/scrape/index.js";
import { defaults } from "../../../generators/settings/index.js";
import { formFindings, panelsOf } from "../../../scripts/lib/checks/rules/dashboard-findings.js";

const jobs = scrapeJobs(defaults).map(({ config }) => config.job_name);
const all = allDashboards(defaults);
const on = dashboards(defaults, jobs);

test("every dashboard is in form, also those of jobs that are off", () => {
  assert.ok(all.length > 10);
  assert.deepEqual(formFindings(all), []);
});

test("the dashboards that are on do not link to those that are off", () => {
  assert.deepEqual(formFindings(on), []);
  const alone = dashboards(defaults, ["prometheus"]);
  assert.deepEqual(
    alone.map(({ name }) => name),
    ["prometheus", "cost"],
  );
  assert.deepEqual(formFindings(alone), []);
});

test("a dashboard goes where its jobs go", () => {
  const without = (job: string) =>
    dashboards(
      defaults,
      jobs.filter((other) => other !== job),
    ).map(({ name }) => name);
  assert.ok(without("kubernetes-apiservers").includes("node"));
  assert.ok(!without("kubernetes-apiservers").includes("kubernetes-apiservers"));
  assert.ok(!without("node-exporter").includes("node"));
});

test("every unit is one that Grafana has, or a word", () => {
  const known = new Set<unknown>(Object.values(units));
  for (const { name, dashboard } of all) {
    for (const { title, fieldConfig } of panelsOf(dashboard.panels)) {
      const ofColumns = (fieldConfig?.overrides ?? [])
        .flatMap(({ properties }) => properties)
        .flatMap(({ id, value }) => (id === "unit" ? [value] : []));
      for (const unit of [fieldConfig?.defaults.unit, ...ofColumns]) {
        assert.ok(known.has(unit) || /^suffix: /.test(String(unit)), `${name}: ${title}: ${unit}`);
      }
    }
  }
});

test("every area has a dashboard, and the areas are the folders", () => {
  assert.deepEqual([...new Set(on.map(({ area }) => area))].sort(), Object.keys(areas).sort());
});

test("panels lie beside and below one another, and never on one another", () => {
  for (const { name, dashboard } of all) {
    const taken = new Set<string>();
    for (const { title, gridPos } of dashboard.panels) {
      assert.ok(gridPos !== undefined && gridPos.x + gridPos.w <= 24, `${name}: ${title}`);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          assert.ok(!taken.has(`${x} ${y}`), `${name}: ${title} lies on another panel`);
          taken.add(`${x} ${y}`);
        }
      }
    }
  }
});

test("the columns of a table are named by one row's labels each", () => {
  for (const { name, dashboard } of all) {
    for (const { title, type, targets, fieldConfig } of panelsOf(dashboard.panels)) {
      if (type !== "table") continue;
      assert.ok(
        targets.every(({ format, instant }) => format === "table" && instant === true),
        `${name}: ${title}`,
      );
      const columns = (fieldConfig?.overrides ?? []).filter(({ properties }) =>
        properties.some(({ id }) => id === "unit"),
      );
      assert.equal(columns.length, targets.length, `${name}: ${title}`);
    }
  }
});

test("each dashboard fits into a ConfigMap that kubectl can apply", () => {
  for (const { name, dashboard } of all) {
    assert.ok(json(dashboard).length < 200 * 1024, `${name} has ${json(dashboard).length} bytes`);
  }
});

test("what is generated once is generated the same again", () => {
  assert.equal(json(allDashboards(defaults).map((file) => file.dashboard)), json(all.map((file) => file.dashboard)));
});

test.run();
