import assert from "node:assert/strict";
import { test } from "uvu";
import type { Query } from "../../../../scripts/lib/cost/queries.js";
import { Failure } from "../../../../scripts/lib/failure.js";
import type { PrometheusApi } from "../../../../scripts/lib/prometheus.js";
import { shortBill } from "../../../../scripts/lib/verify/short-bill.js";

const query: Query = { kind: "record", of: "a.yml: a", name: "a:b:sum", expression: "sum(a)", labels: {} };

function series(job: string, value: number, name?: string) {
  return { metric: { job, ...(name !== undefined && { __name__: name }) }, value: [0, `${value}`] as const };
}

const kept = [series("one", 30, "a"), series("one", 50, "b"), series("two", 20, "c"), series("two", 9, "a:b:sum")];

function prometheus(bytes: readonly ReturnType<typeof series>[]): PrometheusApi {
  const refuse = () => assert.fail("not asked for");
  return {
    name: "prometheus-0",
    get: refuse,
    value: refuse,
    range: refuse,
    rules: refuse,
    metrics: refuse,
    targets: async () =>
      ["one", "two"].map((job) => ({
        labels: { job },
        scrapePool: job,
        scrapeUrl: "http://10.0.0.1/metrics",
        lastError: "",
        lastScrape: "",
        health: "up",
        lastScrapeDuration: 0,
        scrapeInterval: "30s",
      })),
    instant: async (expression) => (/^count/.test(expression) ? kept : /bytes/.test(expression) ? bytes : []),
  };
}

test("a short bill has what jobs gave, what is read of it, and the share of each job", async () => {
  assert.deepEqual(await shortBill(prometheus([series("one", 4096), series("two", 1024)]), [query]), {
    pod: "prometheus-0",
    kept: 100,
    wasteByName: 100 / 30,
    bytes: 5120,
    jobs: [
      { job: "one", kept: 80, share: 0.8 },
      { job: "two", kept: 20, share: 0.2 },
    ],
  });
});

test("what nobody knows is null, so that it is JSON", async () => {
  const bill = await shortBill(prometheus([]), []);
  assert.equal(bill?.bytes, null);
  assert.equal(bill?.wasteByName, null);
});

test("a Prometheus that does not answer has no bill, and is no end of the verification", async () => {
  const silent = { ...prometheus([]), targets: () => Promise.reject(new Failure("no answer")) };
  assert.equal(await shortBill(silent, [query]), undefined);
});

test.run();
