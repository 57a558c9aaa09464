import assert from "node:assert/strict";
import { test } from "uvu";
import { isAt, missingIn } from "../../../../proof/lib/faults/endure.js";
import { missingSeconds, together } from "../../../../proof/lib/faults/missing.js";

const every = (seconds: number) => (from: number, to: number) =>
  Array.from({ length: Math.floor((to - from) / seconds) + 1 }, (_, i) => from + seconds * i);
const every15 = every(15);
/** As in overlays/prod. */
const every30 = every(30);
const labels = (job: string, instance: string) => ({ job, instance });

test("nothing is missing where every scrape was made", () => {
  assert.equal(missingSeconds(every15(0, 300), 0, 300, 15), 0);
});

test("a scrape that comes a little late is not missing", () => {
  assert.equal(missingSeconds([0, 15, 36, 45], 0, 45, 15), 0);
});

test("a pause counts by what it is longer than the interval", () => {
  assert.equal(missingSeconds([...every15(0, 60), ...every15(105, 300)], 0, 300, 15), 30);
});

test("a target that does not come back is missing until the end", () => {
  assert.equal(missingSeconds(every15(0, 60), 0, 300, 15), 225);
});

test("scrapes outside the time that is looked at do not count", () => {
  assert.equal(missingSeconds(every15(0, 300), 400, 500, 15), 85);
});

test("replicas fill each other's pauses", () => {
  const left = [...every15(0, 60), ...every15(105, 300)];
  assert.equal(missingSeconds(together([left, every15(7, 300)]), 0, 300, 15), 0);
  assert.equal(missingSeconds(together([left, left]), 0, 300, 15), 30);
});

test("each job has the most that a target misses, in one replica and in all", () => {
  const pause = [...every30(0, 120), ...every30(210, 600)];
  const replicas = [
    [
      { labels: labels("kubelet", "a"), times: every30(0, 600) },
      { labels: labels("kubelet", "b"), times: pause },
    ],
    [
      { labels: labels("kubelet", "a"), times: every30(0, 600) },
      { labels: labels("kubelet", "b"), times: every30(10, 600) },
    ],
  ];
  assert.deepEqual(missingIn(replicas, 0, 600, 30), {
    missing: [{ job: "kubelet", inOne: 60, inAll: 0 }],
    unexpected: [],
  });
});

test("what is missing from all replicas is unexpected, unless it may be", () => {
  const pause = [...every30(0, 120), ...every30(210, 600)];
  const replicas = [
    [{ labels: labels("kubelet", "a"), times: pause }],
    [{ labels: labels("kubelet", "a"), times: pause }],
  ];
  assert.deepEqual(missingIn(replicas, 0, 600, 30).unexpected, ["kubelet of a"]);
  assert.deepEqual(missingIn(replicas, 0, 600, 30, ({ job }) => job === "kubelet").unexpected, []);
});

test("a replica that lost what it had before the fault misses it", () => {
  const replicas = [
    [{ labels: labels("kubelet", "a"), times: every30(0, 600) }],
    [{ labels: labels("kubelet", "a"), times: every30(300, 600) }],
  ];
  assert.deepEqual(missingIn(replicas, 0, 600, 30).missing, [{ job: "kubelet", inOne: 270, inAll: 0 }]);
});

test("a pod that came back with another address is no loss", () => {
  const replicas = [
    [
      { labels: labels("prometheus", "old"), times: every30(0, 300) },
      { labels: labels("prometheus", "new"), times: every30(400, 600) },
    ],
  ];
  assert.deepEqual(missingIn(replicas, 0, 600, 30), { missing: [], unexpected: [] });
});

test("a target is at the address of a pod whatever its port, and not at one that begins alike", () => {
  assert.ok(isAt({ instance: "10.244.1.2:9090" }, ["10.244.1.2"]));
  assert.ok(isAt({ instance: "node:9100" }, ["node"]));
  assert.equal(isAt({ instance: "10.244.1.23:9090" }, ["10.244.1.2"]), false);
  assert.equal(isAt({ instance: "10.244.1.2:9090" }, undefined), false);
});

test.run();
