import assert from "node:assert/strict";
import { test } from "uvu";
import { defaults } from "../../../../../generators/settings/index.js";
import type { InstantSample, PrometheusApi, RangeSeries } from "../../../../../scripts/lib/prometheus.js";
import { expressions, figuresOf, processors } from "../../../../../scripts/lib/verify/page/figures.js";
import { figures as fixture, now } from "./fixtures.js";

const names = Array.from({ length: 15 }, (_, index) => `node-${index}`);

function ofNode(name: string, value: number, labels = {}): RangeSeries {
  return { metric: { node: name, instance: `${name}:9100`, ...labels }, values: [[now, `${value}`]] };
}

function instant(labels: Record<string, string>, value: number): InstantSample {
  return { metric: labels, value: [now, `${value}`] };
}

/** A Prometheus of fifteen nodes, the later ones busier, with two cores each; asked is what it was asked for. */
function prometheus(asked: string[] = []): PrometheusApi {
  const answers: Record<string, readonly InstantSample[]> = {
    [expressions.memoryTotal]: names.map((node) => instant({ node, instance: `${node}:9100` }, 8e9)),
    [expressions.scraped]: [instant({ job: "kubelet" }, 3000), instant({ job: "cadvisor" }, 1000)],
    [expressions.series]: [instant({ job: "kubelet" }, 600), instant({ job: "cadvisor" }, 900)],
    [expressions.bytesPerSample]: [instant({}, Number.NaN)],
    [expressions.bodyBytes]: [instant({ job: "kubelet" }, 4096)],
  };
  return {
    ...({} as PrometheusApi),
    name: "prometheus-0",
    instant: async (query) => answers[query] ?? [],
    value: async (query) => Number(answers[query]?.[0]?.value[1]),
    range: async (query) => {
      asked.push(query);
      if (query === processors(defaults.scrape.interval).busy)
        return names.map((name, index) => ofNode(name, index / 20));
      if (query === expressions.memory) return names.map((name) => ofNode(name, 4e9));
      const name = /instance="(.*?):9100"/.exec(query)?.[1] ?? "";
      return ["10", "9"].map((cpu) => ofNode(name, 0.5, { cpu }));
    },
    rules: async () => [],
    targets: async () => fixture.targets.map((target) => ({ ...target, scrapeInterval: "30s" })),
  };
}

test("the busiest nodes come first, and of a large cluster no others", async () => {
  const { nodes, otherNodes } = await figuresOf(prometheus(), now, defaults);
  assert.equal(nodes.length, 12);
  assert.equal(otherNodes, 3);
  assert.deepEqual(
    nodes.slice(0, 2).map(({ name }) => name),
    ["node-14", "node-13"],
  );
  assert.equal(nodes[0]?.memoryTotal, 8e9);
});

test("only those that are shown are asked for their cores, which come in the order of their numbers", async () => {
  const asked: string[] = [];
  const { nodes } = await figuresOf(prometheus(asked), now, defaults);
  assert.equal(asked.filter((query) => query.includes("cpu)")).length, 12);
  assert.ok(!asked.some((query) => query.includes('instance="node-0:9100"')));
  assert.deepEqual(
    nodes[0]?.cores.map(({ name }) => name),
    ["9", "10"],
  );
});

test("samples a second follow from how often the job scrapes", async () => {
  const { costs } = await figuresOf(prometheus(), now, defaults);
  assert.deepEqual(
    costs.map(({ job, samplesPerSecond, bodyBytes }) => ({ job, samplesPerSecond, bodyBytes })),
    [
      { job: "cadvisor", samplesPerSecond: 30, bodyBytes: undefined },
      { job: "kubelet", samplesPerSecond: 20, bodyBytes: 4096 },
    ],
  );
});

test("what Prometheus does not know is not a number", async () => {
  const { bytesPerSample, headSeries } = await figuresOf(prometheus(), now, defaults);
  assert.equal(bytesPerSample, undefined);
  assert.equal(headSeries, undefined);
});

test.run();
