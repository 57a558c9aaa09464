import assert from "node:assert/strict";
import { test } from "uvu";
import { nodeExporter } from "../../../generators/prometheus/scrape/node-exporter.js";
import { prometheusItself } from "../../../generators/prometheus/scrape/prometheus.js";
import { targetLabels } from "../../../generators/promql/target-labels.js";

test("targets give job and instance, and what relabelling adds", () => {
  assert.deepEqual(targetLabels(nodeExporter().config), ["host_ip", "instance", "job", "node"]);
  assert.deepEqual(targetLabels(prometheusItself().config), ["instance", "job"]);
});

test.run();
