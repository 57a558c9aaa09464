import assert from "node:assert/strict";
import { test } from "uvu";
import { exposition } from "../../metrics/exposition.js";

const text = `# TYPE requests_total counter
requests_total{path="a } b"} 5
# TYPE temperature gauge
temperature 4 1700000000000
temperature{room="cellar"} NaN
# TYPE seconds histogram
seconds_bucket{profile="a",verb="GET",le="0.1"} 1
seconds_bucket{profile="a",verb="GET",le="+Inf"} 4
seconds_sum{profile="a",verb="GET"} 3.5
seconds_count{profile="a",verb="GET"} 4
seconds_bucket{le="0.1",verb="PUT"} 0
seconds_bucket{le="+Inf",verb="PUT"} 0
seconds_sum{verb="PUT"} 0
seconds_count{verb="PUT"} 0
`;

const samples = (step: number) =>
  new Map(
    exposition(text)
      .at(step, 99)
      .split("\n")
      .flatMap((line) => {
        const found = /^(?!#)(.+) (\S+) 99$/.exec(line);
        return found === null ? [] : [[found[1] ?? "", Number(found[2])] as const];
      }),
  );

test("the first step is what was recorded, at the time that is said", () => {
  const first = samples(0);
  assert.equal(first.get('requests_total{path="a } b"}'), 5);
  assert.equal(first.get("temperature"), 4);
  assert.equal(first.get('seconds_sum{profile="a",verb="GET"}'), 3.5);
  assert.equal(first.size, 11);
});

test("counters move and gauges stay", () => {
  assert.ok((samples(9).get('requests_total{path="a } b"}') ?? 0) > 5);
  assert.equal(samples(9).get("temperature"), 4);
});

test("a histogram stays one: no bucket falls below the one before, and the last is the count", () => {
  for (const [first, last, count] of [
    [
      'seconds_bucket{profile="a",verb="GET",le="0.1"}',
      'seconds_bucket{profile="a",verb="GET",le="+Inf"}',
      'seconds_count{profile="a",verb="GET"}',
    ],
    ['seconds_bucket{le="0.1",verb="PUT"}', 'seconds_bucket{le="+Inf",verb="PUT"}', 'seconds_count{verb="PUT"}'],
  ] as const) {
    const later = samples(7);
    assert.ok((later.get(first) ?? 0) <= (later.get(last) ?? 0));
    assert.equal(later.get(last), later.get(count));
  }
  assert.ok([...samples(7)].some(([name, value]) => name.startsWith("seconds_count") && value > 4));
});

test("the same step gives the same bytes", () => {
  assert.equal(exposition(text).at(3, 1), exposition(text).at(3, 1));
});

test.run();
