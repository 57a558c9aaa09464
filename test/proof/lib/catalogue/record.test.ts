import assert from "node:assert/strict";
import { test } from "uvu";
import { record } from "../../../../proof/lib/catalogue/record.js";

const target = { job: "j", instance: "10.0.0.1:1" };

function metadata(metric: string, type: string) {
  return { metric, type, help: `help of ${metric}`, unit: "" };
}

test("a metric has its type, unit, help and labels, without those of the target", () => {
  const series = [
    { __name__: "node_cpu_seconds_total", ...target, cpu: "0", mode: "idle" },
    { __name__: "node_cpu_seconds_total", ...target, cpu: "1", mode: "idle" },
    { __name__: "node_cpu_seconds_total", ...target, cpu: "1", mode: "user" },
  ];
  assert.deepEqual(record([metadata("node_cpu_seconds_total", "counter")], series, ["instance", "job"]), {
    node_cpu_seconds_total: {
      type: "counter",
      unit: "seconds",
      help: "help of node_cpu_seconds_total",
      labels: { cpu: null, mode: ["idle", "user"] },
    },
  });
});

test("the series of a histogram are one metric, its buckets by size", () => {
  const series = [
    { __name__: "d_seconds_bucket", ...target, le: "10.0" },
    { __name__: "d_seconds_bucket", ...target, le: "+Inf" },
    { __name__: "d_seconds_bucket", ...target, le: "2.5" },
    { __name__: "d_seconds_sum", ...target },
    { __name__: "d_seconds_count", ...target },
  ];
  const { d_seconds, ...others } = record([metadata("d_seconds", "histogram")], series, Object.keys(target));
  assert.deepEqual(d_seconds?.labels, { le: ["2.5", "10.0", "+Inf"] });
  assert.equal(d_seconds?.optional, undefined);
  assert.deepEqual(others, {});
});

test("a counter of OpenMetrics is found by its metadata, which has another name", () => {
  const recorded = record([metadata("a", "counter")], [{ __name__: "a_total", ...target }], Object.keys(target));
  assert.equal(recorded.a_total?.type, "counter");
});

test("a label that some series lack is optional", () => {
  const series = [
    { __name__: "a", ...target, x: "1" },
    { __name__: "a", ...target },
  ];
  assert.deepEqual(record([metadata("a", "gauge")], series, Object.keys(target)).a?.optional, ["x"]);
});

test("series that nobody exposes are not recorded", () => {
  const series = [
    { __name__: "ALERTS", ...target },
    { __name__: "job:up:sum", ...target },
    { __name__: "up", ...target },
  ];
  assert.deepEqual(record([], series, Object.keys(target)), {});
});

test("values that say where the recording was made are left out", () => {
  const values = (label: string, ...seen: string[]) => {
    const series = seen.map((value) => ({ __name__: "a", ...target, [label]: value }));
    return record([metadata("a", "gauge")], series, Object.keys(target)).a?.labels[label];
  };
  assert.deepEqual(values("reason", "OOMKilled", "Error"), ["Error", "OOMKilled"]);
  assert.equal(values("pod", "prometheus-7d9f"), null);
  assert.equal(values("reason", "dial 10.0.0.1:80"), null);
  assert.equal(values("type", "6a8b1d0e-1b2c-4d5e-8f90-123456789abc"), null);
});

test("metrics are in the order of the alphabet, whatever order they come in", () => {
  const names = ["b", "c", "a"];
  const recorded = record(
    names.map((name) => metadata(name, "gauge")),
    names.map((name) => ({ __name__: name, ...target })),
    Object.keys(target),
  );
  assert.deepEqual(Object.keys(recorded), ["a", "b", "c"]);
});

test.run();
