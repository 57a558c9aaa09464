import assert from "node:assert/strict";
import { test } from "uvu";
import { isSettled, lossOf, see, seriesIn, targetsIn } from "../../../../proof/lib/rbac/see.js";
import type { ActiveTarget } from "../../../../scripts/lib/prometheus.js";

type Target = readonly [scrapePool: string, health: ActiveTarget["health"], lastError?: string];

const targets = (...all: readonly Target[]) =>
  targetsIn(all.map(([scrapePool, health, lastError = ""]) => ({ scrapePool, health, lastError })));
const series = (...names: readonly string[]) =>
  seriesIn(`# HELP a b\n${names.map((name) => `${name}{a="b"} 1`).join("\n")}\n`);

const whole = targets(["kubelet", "up"], ["kubelet", "up"], ["apiserver", "up"]);
const forbidden = "server returned HTTP status 403 Forbidden";

test("a job without targets is lost", () => {
  assert.deepEqual(lossOf(whole, targets(["apiserver", "up"])), { jobs: ["kubelet"], effect: "no targets" });
});

test("targets that are down are lost, with what Prometheus says of them once", () => {
  const reduced = targets(["kubelet", "down", forbidden], ["kubelet", "down", forbidden], ["apiserver", "up"]);
  assert.deepEqual(lossOf(whole, reduced), { jobs: ["kubelet"], effect: "targets down: 403 Forbidden" });
});

test("some targets of a job are a loss too", () => {
  assert.deepEqual(lossOf(whole, targets(["kubelet", "up"], ["apiserver", "up"])), {
    jobs: ["kubelet"],
    effect: "fewer targets",
  });
});

test("nothing is lost where the same is up", () => {
  assert.equal(lossOf(whole, whole), undefined);
  assert.equal(lossOf(series("kube_pod_info"), series("kube_pod_info")), undefined);
});

test("the look at a target that was not scraped yet says nothing", () => {
  assert.equal(isSettled(whole), true);
  assert.equal(isSettled(targets(["kubelet", "unknown"])), false);
});

test("a target that does not answer in time says nothing about permissions, and one that refuses does", () => {
  assert.equal(isSettled(targets(["kubelet", "down", 'Get "https://a:1": context deadline exceeded'])), false);
  assert.equal(isSettled(targets(["kubelet", "down", forbidden])), true);
});

test("series that are gone are named by their common start", () => {
  const all = series("kube_pod_info", "kube_pod_status_phase", "kube_poddisruptionbudget_created");
  const loss = lossOf(all, series("kube_poddisruptionbudget_created"));
  assert.deepEqual(loss, { jobs: ["kube-state-metrics"], effect: "no series kube_pod_*" });
});

test("a kind of which one series was there is named by itself, not by that series", () => {
  assert.equal(lossOf(series("kube_job_status_failed"), series())?.effect, "no series kube_job_*");
  const loss = lossOf(series("kube_job_status_failed", "kube_job_status_active"), series());
  assert.equal(loss?.effect, "no series kube_job_*");
});

test("a kind of series of which some are left is not said to be gone", () => {
  const loss = lossOf(series("kube_pod_info", "kube_pod_start_time", "kube_pod_labels"), series("kube_pod_labels"));
  assert.match(loss?.effect ?? "", /^some of the series kube_pod_\*: kube_pod_info, kube_pod_start_time$/);
});

test("a holder that nothing here knows is an error that names it", async () => {
  await assert.rejects(see("newcomer", "127.0.0.1"), /ServiceAccount newcomer has permissions/);
});

test.run();
