import assert from "node:assert/strict";
import { test } from "uvu";
import { constants, estimate, footprints, loadOf, needs } from "../../../../scripts/lib/cost/estimate.js";

const nothing = { series: 0, scraped: 0, storedPerSecond: 0, scrapedPerSecond: 0 };

test("without targets a Prometheus takes what an empty one does", () => {
  assert.deepEqual(needs(nothing, 15), { memory: constants.emptyMemory, cores: constants.emptyCores, disk: 0 });
});

test("a day more takes the samples of a day more on disk, and nothing else", () => {
  const load = { ...nothing, series: 1000, scraped: 2000, storedPerSecond: 100, scrapedPerSecond: 200 };
  const [one, two] = [needs(load, 1, 2), needs(load, 2, 2)];
  assert.equal(two.disk - one.disk, 86_400 * 100 * 2);
  assert.equal(two.memory, constants.emptyMemory + 1000 * constants.bytesPerSeries + 2000 * constants.bytesPerScraped);
  assert.deepEqual({ ...two, disk: 0 }, { ...one, disk: 0 });
});

test("a footprint and a measured cluster of the same series come to the same", () => {
  const { series, intervalSeconds } = footprints.full;
  const job = (name: string, kept: number) => ({
    kept: { job: name, name: "a", series: kept },
    of: { job: name, targets: 1, scraped: kept, bytes: undefined, intervalSeconds },
  });
  const jobs = [job("node-exporter", series.node), job("cadvisor", series.pod * 10), job("etcd", series.rest)];
  const measured = {
    jobs: jobs.map(({ of }) => of),
    kept: jobs.map(({ kept }) => kept),
    taken: [],
    headSeries: undefined,
    memory: undefined,
    nodes: 1,
    pods: 10,
    bytesPerSample: undefined,
  };
  const size = { nodes: 100, pods: 3000, days: 15 };
  const found = estimate(measured, size);
  const load = loadOf(footprints.full, size);
  assert.equal(found.series, load.series);
  assert.equal(Math.round(found.memory), Math.round(needs(load, 15).memory));
  assert.equal(Math.round(found.disk), Math.round(needs(load, 15).disk));
});

test("lean keeps less of every node, every pod and all else, and scrapes no more", () => {
  for (const part of ["node", "pod", "rest"] as const) {
    assert.ok(footprints.lean.series[part] < footprints.full.series[part], part);
    assert.ok(footprints.lean.scraped[part] <= footprints.full.scraped[part], part);
  }
});

test.run();
