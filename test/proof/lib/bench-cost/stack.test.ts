import assert from "node:assert/strict";
import { test } from "uvu";
import { residentOf, type Summary, stackTable } from "../../../../proof/lib/bench-cost/stack.js";

function node(...pods: readonly (readonly [namespace: string, container: string, rss: number])[]): Summary {
  return {
    pods: pods.map(([namespace, name, rssBytes]) => ({
      podRef: { name: `${name}-0`, namespace },
      containers: [{ name, memory: { rssBytes } }],
    })),
  };
}

const summaries = [
  node(["monitoring", "prometheus", 120e6], ["monitoring", "grafana", 90e6], ["default", "pause", 5e6]),
  node(["monitoring", "prometheus", 110e6], ["monitoring-node-exporter", "node-exporter", 12e6]),
];

test("a stack is the containers of its namespaces on all nodes, without Grafana", () => {
  assert.deepEqual(residentOf(summaries, ["monitoring", "monitoring-node-exporter"]), [
    { name: "prometheus", count: 2, rss: 230e6 },
    { name: "node-exporter", count: 1, rss: 12e6 },
  ]);
});

test("the table has the sum, and says whether the goals are met", () => {
  const containers = residentOf(summaries, ["monitoring", "monitoring-node-exporter"]);
  const lines = stackTable({ secondsToUp: 21.4, containers }).split("\n");
  assert.ok(lines.includes("| prometheus, MB (RSS) | 2 | 230 |  |"), lines.join("\n"));
  assert.ok(lines.includes("| all without Grafana, MB (RSS) | 3 | 242 | 420: met |"));
  assert.ok(lines.includes("| from apply to every target up, s |  | 21.4 | 18: not met |"));
});

test.run();
