import assert from "node:assert/strict";
import { test } from "uvu";
import { lossOf, remembering, see, seriesIn, targetsIn, untold } from "../../../../proof/lib/rbac/see.js";
import type { ActiveTarget } from "../../../../scripts/lib/prometheus.js";

type Target = readonly [scrapePool: string, health: ActiveTarget["health"], lastError?: string];

const targets = (...all: readonly Target[]) =>
  targetsIn(
    all.map(([scrapePool, health, lastError = ""], index) => {
      return { scrapePool, scrapeUrl: `http://10.1.0.${index}/metrics`, labels: {}, health, lastError };
    }),
  );
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

const late = 'Get "https://a:1": context deadline exceeded';

test("a target that was not scraped yet, or did not answer in time, tells nothing, and one that refuses does", () => {
  assert.deepEqual(untold(whole), []);
  assert.deepEqual(untold(targets(["kubelet", "unknown"], ["kubelet", "down", late], ["etcd", "up"])), ["kubelet"]);
  assert.deepEqual(untold(targets(["kubelet", "down", forbidden])), []);
});

test("of a target that did not answer in time holds what it told before, and what is gone is gone", () => {
  const before = targets(["kubelet", "down", forbidden], ["etcd", "up"]);
  assert.deepEqual(remembering(targets(["kubelet", "down", late]), before), targets(["kubelet", "down", forbidden]));
  assert.deepEqual(remembering(targets(["kubelet", "up"]), before), targets(["kubelet", "up"]));
  assert.deepEqual(untold(remembering(targets(["apiserver", "unknown"]), before)), ["apiserver"]);
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
