import assert from "node:assert/strict";
import { test } from "uvu";
import { chart } from "../../../../scripts/lib/poc/chart.js";

test("a core's line has its load over time as bars, and its load now in percent", () => {
  assert.equal(chart([{ cpu: "0", values: [undefined, 0, 0.5, 1] }], 10), "cpu 0  ▁▅█ 100 %");
});

test("a load slightly above one core, as a rate can be, is a full bar", () => {
  assert.equal(chart([{ cpu: "0", values: [1.02] }], 10), "cpu 0 █ 102 %");
});

test("cores of one and of two digits stand in one column", () => {
  const lines = chart(
    [
      { cpu: "9", values: [0] },
      { cpu: "10", values: [0] },
    ],
    10,
  );
  assert.equal(lines, "cpu  9 ▁   0 %\ncpu 10 ▁   0 %");
});

test("of more cores than lines the busiest are shown, in their order, and the others counted", () => {
  const cores = [0.1, 0.9, 0.2, 0.8].map((value, cpu) => ({ cpu: `${cpu}`, values: [value] }));
  assert.equal(chart(cores, 3), "cpu 1 ▇  90 %\ncpu 3 ▇  80 %\nand 2 less busy cores");
});

test.run();
