import assert from "node:assert/strict";
import { test } from "uvu";
import { type Form, joined, type Point } from "../../../../proof/lib/bench-scale/figures.js";
import { linesTable, memoryPlot, pointsTable, ratioTable } from "../../../../proof/lib/bench-scale/report.js";

function point(form: Form, nodes: number, scale: number): Point {
  return {
    ...{ form, nodes, date: "2026-11-29", seconds: 180, series: scale * nodes * 100, seriesOfLargest: nodes * 100 },
    ...{
      storedPerSecond: nodes * 10,
      memory: scale * (nodes + 64) * 2 ** 20,
      mostMemory: (nodes + 80) * 2 ** 20,
      cores: 0.1,
    },
    ...{
      discovered: 12,
      up: null,
      upRatio: 0.97,
      walBytesPerSample: 8,
      blockBytesPerSample: 1.5,
      blockBytesPerSeries: 120,
    },
    ...{ exporterMemory: nodes * 2 ** 20, exporterCores: 0.01, exporterSamples: nodes * 400 },
  };
}

const three = [10, 50, 100].map((nodes) => point("lean", nodes, 1));

test("a row says what was measured, and that not every target was up at once", () => {
  const [, , row = ""] = pointsTable(three).split("\n");
  assert.match(row, /^\| 10 \| 1,000 \| 100 \| 74 MiB \| 90 MiB \| 0\.1 \| 12 s \| not all \| 97 % \|/);
});

test("lines take three points of a form", () => {
  assert.match(linesTable(three) ?? "", /\| Memory \| 64 MiB \| 1 MiB \| 1\.000 \|/);
  assert.equal(linesTable(three.slice(1)), undefined);
});

test("a ratio takes a point of both at the same number of nodes", () => {
  const points = [...three, point("kube-prometheus", 50, 4)];
  assert.match(ratioTable(points) ?? "", /\n\| 50 \| .* \| 0\.25 \| 1\.00 \| 0\.25 \| 1\.00 \|$/);
  assert.equal(ratioTable(three), undefined);
});

test("a new point takes the place of that of the same form and nodes alone", () => {
  const [newer] = [point("lean", 50, 2)];
  const all = joined(three, [newer]);
  assert.equal(all.length, 3);
  assert.deepEqual(
    all.find(({ nodes }) => nodes === 50),
    newer,
  );
});

test("the plot has a point for each measurement, and a line for a form with three", () => {
  const svg = memoryPlot([...three, point("full", 10, 3)]);
  assert.equal(svg.match(/<circle/g)?.length, 4);
  assert.equal(svg.match(/stroke-width="2"/g)?.length, 1);
});

test.run();
