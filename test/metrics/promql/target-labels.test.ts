import assert from "node:assert/strict";
import { test } from "uvu";
import { scrapeJobs } from "../../../generators/prometheus/scrape/index.js";
import { defaults } from "../../../generators/settings/index.js";
import { targetLabels } from "../../../metrics/promql/target-labels.js";

function labelsOf(job: string): readonly string[] {
  const found = scrapeJobs(defaults).find(({ config }) => config.job_name === job);
  assert.ok(found !== undefined, job);
  return targetLabels(found.config);
}

test("targets give job and instance, and what relabelling adds", () => {
  assert.deepEqual(labelsOf("prometheus"), ["instance", "job", "namespace", "pod"]);
  assert.deepEqual(labelsOf("node-exporter"), ["host_ip", "instance", "job", "node"]);
});

test.run();
