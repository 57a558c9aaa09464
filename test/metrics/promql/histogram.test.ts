import assert from "node:assert/strict";
import { suite } from "uvu";
import { histogram } from "../../../metrics/promql/histogram.js";

const test = suite("PromQL for a histogram");
const rate = { rate: "5m" };
const latency = (form: "classic" | "native") => histogram(form, "took_seconds", 'job="api"', rate);

test("a classic one is read by its buckets, sum and count", () => {
  const classic = latency("classic");
  const bucket = (le: string) => `sum by (code) (rate(took_seconds_bucket{job="api", le="${le}"}[5m]))`;
  const count = 'sum by (code) (rate(took_seconds_count{job="api"}[5m]))';
  const sum = 'sum by (code) (rate(took_seconds_sum{job="api"}[5m]))';
  assert.equal(
    classic.quantile(0.99, "code", "verb"),
    'histogram_quantile(0.99, sum by (code, verb, le) (rate(took_seconds_bucket{job="api"}[5m])))',
  );
  assert.equal(classic.within(1, "code"), bucket("1.0"));
  assert.equal(classic.beyond(1, "code"), `${count} - ${bucket("1.0")}`);
  assert.equal(classic.share(0.5, "code"), `${bucket("0.5")} / ${count}`);
  assert.equal(classic.count("code"), count);
  assert.equal(classic.sum("code"), sum);
  assert.equal(classic.mean("code"), `${sum} / ${count}`);
});

test("a native one is read under its bare name", () => {
  const native = latency("native");
  const all = 'sum by (code) (rate(took_seconds{job="api"}[5m]))';
  const count = 'sum by (code) (histogram_count(rate(took_seconds{job="api"}[5m])))';
  const sum = 'sum by (code) (histogram_sum(rate(took_seconds{job="api"}[5m])))';
  assert.equal(native.quantile(0.99, "code"), `histogram_quantile(0.99, ${all})`);
  assert.equal(native.within(1, "code"), `(histogram_fraction(-Inf, 1, ${all}) * (${count} > 0) or ${count})`);
  assert.equal(native.beyond(1, "code"), `(histogram_fraction(1, +Inf, ${all}) * (${count} > 0) or ${count})`);
  assert.equal(native.share(0.5, "code"), `histogram_fraction(-Inf, 0.5, ${all})`);
  assert.equal(native.count("code"), count);
  assert.equal(native.sum("code"), sum);
  assert.equal(native.mean("code"), `${sum} / ${count}`);
});

test("without labels it is added up over all series, and without matchers it reads every one", () => {
  const all = (form: "classic" | "native") => histogram(form, "took_seconds", "", { increase: "1d" });
  assert.equal(all("classic").within(1), 'sum(increase(took_seconds_bucket{le="1.0"}[1d]))');
  assert.equal(
    all("classic").quantile(0.5),
    "histogram_quantile(0.5, sum by (le) (increase(took_seconds_bucket{}[1d])))",
  );
  assert.equal(all("native").count(), "sum(histogram_count(increase(took_seconds{}[1d])))");
});

test("a bound is written as Prometheus writes it into le", () => {
  const written = [0, 1, 0.05, 0.0001, 0.00005, 1.25, 86_400, 604_800, 1_000_000, 2_592_000, 4e-9].map(
    (bound) => /le="(.*)"/.exec(latency("classic").within(bound))?.[1],
  );
  assert.deepEqual(written, [
    ...["0.0", "1.0", "0.05", "0.0001", "5e-05", "1.25", "86400.0", "604800.0", "1e+06", "2.592e+06", "4e-09"],
  ]);
});

test.run();
