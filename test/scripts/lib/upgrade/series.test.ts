import assert from "node:assert/strict";
import { test } from "uvu";
import { stringify } from "yaml";
import type { JobCatalogue } from "../../../../metrics/catalogue/types.js";
import { changedMonitoring, monitoringOf } from "../../../../scripts/lib/upgrade/series.js";
import { object } from "../checks/fixtures.js";

const metric = { type: "gauge", unit: "", help: "", labels: {} } as const;
const catalogue: JobCatalogue = { up_a: metric, up_b: metric, took: { ...metric, type: "histogram" } };

function monitoring(scrape: object, rules: object[] = [], recorded = new Map([["app", catalogue]])) {
  const files = {
    "scrape.yml": stringify({ scrape_configs: [scrape] }),
    "rules.yml": stringify({ groups: [{ rules }] }),
  };
  return monitoringOf([object("v1", "ConfigMap", { namespace: "m" }, { data: { ...files, "x.json": "{" } })], recorded);
}

const app = (...metric_relabel_configs: object[]) => ({ job_name: "app", metric_relabel_configs });
const list = (action: string, regex: string, source_labels = ["__name__"]) => ({ action, regex, source_labels });

test("a job keeps what its lists let pass, and a histogram is three series", () => {
  const kept = (...lists: object[]) => [...(monitoring(app(...lists)).jobs.get("app") ?? [])].sort();
  assert.deepEqual(kept(), ["took_bucket", "took_count", "took_sum", "up_a", "up_b"]);
  assert.deepEqual(kept(list("keep", "up_a|took_.*"), list("drop", "took_bucket")), ["took_count", "took_sum", "up_a"]);
  assert.deepEqual(kept(list("drop", "up")), kept());
  const converting = monitoring({ ...app(list("drop", "up_.*")), convert_classic_histograms_to_nhcb: true });
  assert.deepEqual([...(converting.jobs.get("app") ?? [])], ["took"]);
  assert.deepEqual(kept(list("drop", "took_bucket;0.1", ["__name__", "le"])), kept());
});

test("a narrower list loses series, and a metric that its program no longer has is lost too", () => {
  const { series } = changedMonitoring(monitoring(app()), monitoring(app(list("drop", "up_b"))));
  assert.deepEqual(series, [{ of: "app", added: [], lost: ["up_b"] }]);
  const later = new Map([["app", { up_a: metric, up_c: metric }]]);
  assert.deepEqual(changedMonitoring(monitoring(app()), monitoring(app(), [], later)).series, [
    { of: "app", added: ["up_c"], lost: ["took_bucket", "took_count", "took_sum", "up_b"] },
  ]);
});

test("jobs, recorded series and alerts are compared by name", () => {
  const old = monitoring(app(), [
    { record: "a:b:sum", expr: "1" },
    { alert: "Gone", expr: "1" },
  ]);
  const now = monitoring({ job_name: "other" }, [{ alert: "New", expr: "1" }]);
  const { jobs, series, alerts } = changedMonitoring(old, now);
  assert.deepEqual(jobs, { added: ["other"], lost: ["app"] });
  assert.ok(series.find(({ of }) => of === "rules")?.lost.includes("a:b:sum"));
  assert.deepEqual(alerts, { added: ["New"], lost: ["Gone"], changed: [] });
});

test("an alert has changed when it fires otherwise, and not when its text is another", () => {
  const alerts = (rule: object) =>
    changedMonitoring(
      monitoring(app(), [{ alert: "A", expr: "up == 0", for: "5m", annotations: { summary: "old" } }]),
      monitoring(app(), [{ alert: "A", expr: "up == 0", for: "5m", ...rule }]),
    ).alerts.changed;
  assert.deepEqual(alerts({ annotations: { summary: "new" } }), []);
  for (const rule of [{ expr: "up < 1" }, { for: "10m" }, { labels: { severity: "critical" } }]) {
    assert.deepEqual(alerts(rule), ["A"], JSON.stringify(rule));
  }
});

test.run();
