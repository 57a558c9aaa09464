import assert from "node:assert/strict";
import { test } from "uvu";
import { checkWorstDays } from "../../../metrics/promql/rules.js";
import type { AlertingRule, RecordingRule } from "../../../metrics/rule-file.js";
import { viewOf } from "../../../metrics/view.js";

const metrics = {
  free_bytes: { type: "gauge", unit: "bytes", help: "", labels: {} },
  errors_total: { type: "counter", unit: "", help: "", labels: {} },
} as const;
const intervalMs = 15_000;
const jobs = [
  { job: "node", on: true, targetLabels: ["instance", "job", "node"], intervalMs, metrics },
  { job: "pods", on: true, targetLabels: ["instance", "job", "namespace", "pod"], intervalMs, metrics: {} },
];
const recorded = [
  { record: "instance:free:bytes", expr: 'free_bytes{job="node"} / 2' },
  { record: "instance:free_steady:bytes", expr: 'last_over_time(free_bytes{job="node"}[5m]) / 2' },
];

function messages(rule: Partial<AlertingRule>, records: readonly RecordingRule[] = recorded): readonly string[] {
  const alert: AlertingRule = {
    alert: "Sample",
    expr: "vector(1)",
    labels: { severity: "warning" },
    annotations: { summary: "", description: "" },
    ...rule,
  };
  const groups = [{ name: "sample", rules: [...records, alert] }];
  return checkWorstDays([{ source: "sample.ts", groups }], viewOf(jobs, [{ groups }], intervalMs)).map(
    ({ message }) => message,
  );
}

const refused = (
  expr: string,
  what: RegExp,
  rest: Partial<AlertingRule> = {},
  records: readonly RecordingRule[] = recorded,
) => {
  const found = messages({ expr, ...rest }, records);
  assert.equal(found.length, 1, `${expr}: ${found.join()}`);
  assert.match(found[0] ?? "", what);
};
const allowed = (expr: string, rest: Partial<AlertingRule> = {}) =>
  assert.deepEqual(messages({ expr, ...rest }), [], expr);

const long = { for: "15m" };

test("an alert that waits for minutes looks at minutes of a gauge, or of what is recorded from it", () => {
  refused("free_bytes < 1", /free_bytes is gone whenever a scrape fails.*last_over_time\(free_bytes\[5m\]\)/, long);
  refused("instance:free:bytes < 1", /instance:free:bytes is gone/, long);
  refused("max_over_time(free_bytes[5m]) < 1 and on (instance) free_bytes > 0", /free_bytes is gone/, long);
  allowed("min_over_time(free_bytes[5m]) < 1", long);
  allowed("max_over_time(instance:free:bytes[5m]) < 1", long);
  allowed("instance:free_steady:bytes < 1", long);
  allowed("rate(errors_total[5m]) > 1", long);
  allowed('up{job="node"} == 0', long);
  allowed("absent(free_bytes)", long);
  allowed("rate(errors_total[5m]) > 1 unless on (instance) free_bytes > 0", long);
  allowed("free_bytes < 1", { for: "1m" });
  allowed("free_bytes < 1");
  allowed('free_bytes < 1 or ALERTS{alertname="Sample"}', long);
});

test("a share of targets keeps the label that tells their owners apart", () => {
  refused("avg by (job) (up) < 0.9", /owners.*namespace/);
  refused('sum(up{job="pods"}) < 5', /owners/);
  refused("1 - avg by (job) (avg_over_time(up[5m])) > 0.1", /owners/);
  refused('count without (namespace, pod, instance) (up{job="pods"} == 0) > 1', /owners/);
  allowed("avg by (job, namespace) (up) < 0.9");
  allowed("avg without (instance, pod) (up) < 0.9");
  allowed('avg by (job) (up{job="node"}) < 0.9');
});

test("a number of events is compared after it was rounded", () => {
  refused("increase(errors_total[15m]) > 3", /round it/);
  refused("max(sum by (job) (increase(errors_total[15m]))) >= 3", /round it/);
  allowed("round(increase(errors_total[15m])) > 3");
  allowed("sum(round(increase(errors_total[15m]))) > 3");
  allowed("increase(errors_total[15m]) > 0");
  allowed("increase(errors_total[15m]) / increase(errors_total[15m]) > 2");
});

test("a share is one of a gauge that is more than zero", () => {
  const lately = "last_over_time(free_bytes[5m])";
  refused("rate(errors_total[5m]) / free_bytes > 2", /free_bytes may be reported as zero.*> 0/);
  refused(`sum by (node) (free_bytes) / max by (node) (${lately}) > 2`, /may be reported as zero/);
  refused("rate(errors_total[5m]) / (free_bytes - 5) > 2", /may be reported as zero/);
  refused("instance:share:ratio > 0.5", /may be reported as zero/, {}, [
    { record: "instance:share:ratio", expr: "free_bytes / free_bytes" },
  ]);
  allowed(`sum by (node) (free_bytes) / (max by (node) (${lately}) > 0) > 2`);
  allowed("free_bytes / 2 > 5");
  allowed("sum(free_bytes) / count(free_bytes) > 5");
  allowed("rate(errors_total[5m]) / rate(errors_total[5m]) > 2");
  allowed("rate(errors_total[5m]) / free_bytes > 2", { excuses: { zero: "Nobody has a disk of nothing." } });
});

test("an excuse beside the rule is enough, and is not kept without need", () => {
  allowed("free_bytes < 1", { ...long, excuses: { "missed scrape": "It is scraped by hand." } });
  refused("free_bytes < 1", /needs no excuse for "missed scrape"/, {
    excuses: { "missed scrape": "It does not wait." },
  });
  refused("free_bytes < 1", /or say in `excuses` of the rule, for "missed scrape", why not/, long);
});

test.run();
