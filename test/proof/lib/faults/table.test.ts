import assert from "node:assert/strict";
import { test } from "uvu";
import type { Endured } from "../../../../proof/lib/faults/endure.js";
import { objections, reliabilityTable, renewed } from "../../../../proof/lib/faults/table.js";

const harmless: Endured = {
  fault: { name: "A cable is pulled" },
  missing: [
    { job: "cadvisor", inOne: 15.2, inAll: 0 },
    { job: "kubelet", inOne: 14.9, inAll: 0 },
  ],
  unexpected: [],
  queries: { asked: 10, failed: 2, failedAfterNotice: undefined },
  readyAfter: 1.2,
  upAfter: 3,
  damage: [],
  scrapeInterval: 30,
};
const lines = (...all: readonly Endured[]) => reliabilityTable(all).text.split("\n").slice(2);

test("a row says what is missing by job, how many queries failed, and how long it took", () => {
  assert.deepEqual(lines(harmless), ["| A cable is pulled | 15 s of every job | nothing | 2 of 10 | 1 s | 3 s |"]);
});

test("jobs that miss different times are told apart", () => {
  const missing = [...harmless.missing, { job: "prometheus", inOne: 0, inAll: 0 }];
  assert.match(lines({ ...harmless, missing })[0] ?? "", /15 s of cadvisor, kubelet \|/);
});

test("what is missed, queried and recovered without harm is no objection", () => {
  assert.deepEqual(objections(harmless), []);
});

test("a target that all replicas miss, damage, and a query that fails too late are objections that name the fault", () => {
  const queries = { asked: 10, failed: 2, failedAfterNotice: 1 };
  assert.deepEqual(
    objections({ ...harmless, unexpected: ["kubelet of a"], damage: ["prometheus-0 counts 1 corruption"], queries }),
    [
      "A cable is pulled: samples of kubelet of a are missing from every replica",
      "A cable is pulled: prometheus-0 counts 1 corruption",
      "A cable is pulled: 1 queries failed after readiness had noticed",
    ],
  );
});

test("targets that are up later than two scrapes after the pods are an objection", () => {
  assert.deepEqual(objections({ ...harmless, upAfter: 60 }), []);
  assert.deepEqual(objections({ ...harmless, upAfter: 61 }), [
    "A cable is pulled: all targets were up only 61 s after the pods: 60 s are two scrapes",
  ]);
});

test("a row that was measured anew takes the place of its old one, and nothing else changes", () => {
  const other = { ...harmless, fault: { name: "A disk is full" } };
  const document = `Text.\n\n${reliabilityTable([harmless, other]).text}\n\nMore.\n`;
  const { text } = reliabilityTable([{ ...harmless, readyAfter: 9 }]);
  assert.equal(renewed(document, text), document.replace("2 of 10 | 1 s", "2 of 10 | 9 s"));
});

test.run();
