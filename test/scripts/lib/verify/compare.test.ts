import assert from "node:assert/strict";
import { test } from "uvu";
import type { ScrapeConfig } from "../../../../metrics/scrape-job.js";
import type { ActiveTarget } from "../../../../scripts/lib/prometheus.js";
import { compare, type Evidence, type ExpectedJob, needsEvidence } from "../../../../scripts/lib/verify/compare.js";
import type { Answers } from "../../../../scripts/lib/verify/gather.js";
import type { ExpectedTarget } from "../../../../scripts/lib/verify/target.js";

const serverTime = "2026-05-04T10:00:30.5Z";

function active(address: string, changes: Partial<ActiveTarget> = {}): ActiveTarget {
  const scrapePool = changes.scrapePool ?? "kubelet";
  return {
    labels: { job: scrapePool, instance: address },
    scrapePool,
    scrapeUrl: `https://${address}/metrics`,
    lastError: "",
    lastScrape: "2026-05-04T10:00:20.1Z",
    health: "up",
    lastScrapeDuration: 0.01,
    scrapeInterval: "15s",
    ...changes,
  };
}

function answers(targets: readonly ActiveTarget[], changes: Partial<Answers> = {}): Answers {
  return {
    pod: "prometheus-0",
    serverTime,
    reloadConfigSuccess: true,
    scrapePools: ["kubelet"],
    targets,
    samples: targets.map(({ labels }) => ({
      metric: { __name__: "scrape_samples_scraped", ...labels },
      value: [1, "100"],
    })),
    ...changes,
  };
}

function wanted(owner: string, ...addresses: string[]): ExpectedTarget {
  return { owner, addresses, path: "/metrics", required: true };
}

const kubelet: ScrapeConfig = { job_name: "kubelet", scheme: "https", kubernetes_sd_configs: [{ role: "node" }] };

function job(targets: readonly ExpectedTarget[] | undefined, config = kubelet): ExpectedJob {
  return { config, expects: targets && { every: "node", port: "kubelet" }, targets };
}

test("a job of the user's own that discovers must find something, and why it does not is told", () => {
  const own = { ...job(undefined, { ...kubelet, job_name: "shop" }), some: true };
  const none = answers([], { scrapePools: ["shop"] });
  assert.equal(needsEvidence(own, none), true);
  const { jobs } = compare({
    overlay: "overlays/mine",
    namespace: "monitoring",
    jobs: [own],
    applied: new Set(["shop"]),
    answers: none,
    evidence: new Map([["shop", { dropped: 0, grant: "let it list pods" }]]),
  });
  assert.deepEqual(jobs[0]?.problems, [
    { kind: "missing", subject: "shop", reason: "Prometheus is not allowed to look for it", cure: "let it list pods" },
  ]);
  const one = answers([active("10.0.0.1:80", { scrapePool: "shop" })], { scrapePools: ["shop"] });
  assert.equal(needsEvidence(own, one), false);
});

const twoNodes = job([wanted("node a", "10.0.0.1:10250"), wanted("node b", "10.0.0.2:10250")]);

function compared(
  jobs: readonly ExpectedJob[],
  given: Answers,
  evidence: Record<string, Evidence> = {},
  applied = ["kubelet"],
) {
  const report = compare({
    overlay: "overlays/devbox",
    namespace: "monitoring",
    jobs,
    answers: given,
    evidence: new Map(Object.entries(evidence)),
    applied: new Set(applied),
  });
  const [first] = report.jobs;
  assert.ok(first);
  return { report, row: first, problems: [...report.problems, ...report.jobs.flatMap(({ problems }) => problems)] };
}

function said(problems: readonly { kind: string; subject: string }[]): string[] {
  return problems.map(({ kind, subject }) => `${kind} ${subject}`);
}

test("a job whose targets are all there and up has no problem", () => {
  const { row, problems } = compared([twoNodes], answers([active("10.0.0.1:10250"), active("10.0.0.2:10250")]));
  assert.deepEqual(problems, []);
  assert.deepEqual(row, {
    job: "kubelet",
    expected: 2,
    up: 2,
    samples: 200,
    lastScrapeSecondsAgo: 10,
    problems: [],
  });
});

test("samples of other targets do not count", () => {
  const given = answers([active("10.0.0.1:10250")]);
  const foreign = { metric: { job: "kubelet", instance: "gone:1" }, value: [1, "7"] as const };
  const { row } = compared([twoNodes], { ...given, samples: [...(given.samples ?? []), foreign] });
  assert.equal(row.samples, 100);
});

test("labels are the same in whatever order", () => {
  const target = active("10.0.0.1:10250", { labels: { job: "kubelet", instance: "a" } });
  const given = answers([target], { samples: [{ metric: { instance: "a", job: "kubelet" }, value: [1, "100"] }] });
  assert.equal(compared([twoNodes], given).row.samples, 100);
});

test("the oldest of the last scrapes counts", () => {
  const late = active("10.0.0.2:10250", { lastScrape: "2026-05-04T09:59:30.5Z" });
  assert.equal(compared([twoNodes], answers([active("10.0.0.1:10250"), late])).row.lastScrapeSecondsAgo, 60);
});

test("a node without a target is missing", () => {
  const { row, problems } = compared([twoNodes], answers([active("10.0.0.1:10250")]));
  assert.deepEqual(said(problems), ["missing kubelet: 10.0.0.2:10250/metrics (node b)"]);
  assert.equal(row.up, 1);
  assert.match(problems[0]?.cure ?? "", /relabel_configs of job kubelet/);
});

test("a target at another path is not the target", () => {
  const astray = active("10.0.0.2:10250", { scrapeUrl: "https://10.0.0.2:10250/metrics/cadvisor" });
  const { problems } = compared([twoNodes], answers([active("10.0.0.1:10250"), astray]));
  assert.deepEqual(said(problems), [
    "missing kubelet: 10.0.0.2:10250/metrics (node b)",
    "unexpected kubelet: 10.0.0.2:10250/metrics/cadvisor",
  ]);
});

test("without any target, a permission that is lacking is the reason", () => {
  const evidence = { kubelet: { grant: "let ClusterRole x allow list nodes", dropped: 0 } };
  const { problems } = compared([job([wanted("node a", "10.0.0.1:10250")])], answers([]), evidence);
  assert.deepEqual(
    problems.map(({ kind, reason, cure }) => [kind, reason, cure]),
    [["missing", "Prometheus is not allowed to look for it", "let ClusterRole x allow list nodes"]],
  );
});

test("a discovery that finds something is allowed to look, whatever else is lacking", () => {
  const evidence = { kubelet: { grant: "let ClusterRole x allow get nodes/metrics", dropped: 2 } };
  assert.match(compared([twoNodes], answers([]), evidence).problems[0]?.reason ?? "", /drops them all/);
});

test("without any target, a relabelling that drops all is the reason", () => {
  const expects = { every: "endpoint", of: "prometheus", port: "http", in: "own namespace" } as const;
  const self: ExpectedJob = { ...job([wanted("pod p", "10.1.0.1:9090")]), expects };
  const { problems } = compared([self], answers([]), { kubelet: { dropped: 12 } });
  assert.match(problems[0]?.reason ?? "", /finds 12 and its relabelling drops them all/);
  assert.match(problems[0]?.cure ?? "", /Service prometheus, port http/);
});

test("without any target and with nothing dropped, the discovery is the reason", () => {
  const { problems } = compared([twoNodes], answers([]), { kubelet: { dropped: 0 } });
  assert.match(problems[0]?.reason ?? "", /finds nothing at all/);
  assert.match(problems[0]?.cure ?? "", /kubernetes_sd_configs of job kubelet/);
});

test("a target for nothing that the cluster has is unexpected", () => {
  const given = answers([active("10.0.0.1:10250"), active("10.0.0.2:10250"), active("10.0.0.9:10250")]);
  assert.deepEqual(said(compared([twoNodes], given).problems), ["unexpected kubelet: 10.0.0.9:10250/metrics"]);
});

test("an unexpected target that is down is only unexpected", () => {
  const stray = active("10.0.0.9:10250", { health: "down", lastError: "EOF" });
  const given = answers([active("10.0.0.1:10250"), active("10.0.0.2:10250"), stray]);
  assert.deepEqual(said(compared([twoNodes], given).problems), ["unexpected kubelet: 10.0.0.9:10250/metrics"]);
});

test("a target of an endpoint that is not ready is neither missed nor unexpected", () => {
  const unready = job([{ ...wanted("pod p", "10.1.0.1:9090"), required: false }]);
  assert.deepEqual(compared([unready], answers([])).problems, []);
  const { row, problems } = compared([unready], answers([active("10.1.0.1:9090")]));
  assert.deepEqual(problems, []);
  assert.equal(row.expected, 0);
});

test("a thing that is scraped over IPv4 and IPv6 is a duplicate", () => {
  const dual = job([wanted("pod p", "10.1.0.1:9090", "[fd00::2]:9090")]);
  const { problems } = compared([dual], answers([active("10.1.0.1:9090"), active("[fd00::2]:9090")]));
  assert.deepEqual(said(problems), ["duplicate kubelet: 10.1.0.1:9090/metrics (pod p)"]);
  assert.match(problems[0]?.cure ?? "", /address_type/);
});

test("two targets with one job, instance and path are duplicates", () => {
  const labels = { job: "kubelet", instance: "a" };
  const given = answers([
    active("10.0.0.1:10250", { labels: { ...labels, zone: "1" } }),
    active("10.0.0.2:10250", { labels: { ...labels, zone: "2" } }),
  ]);
  const { problems } = compared([twoNodes], given);
  assert.deepEqual(said(problems), ["duplicate kubelet: 10.0.0.1:10250/metrics"]);
  assert.match(problems[0]?.reason ?? "", /2 targets have this job, instance and path/);
});

test("two paths of one instance with labels of their own are no duplicates", () => {
  const cadvisor: ScrapeConfig = { ...kubelet, metrics_path: "/metrics/cadvisor" };
  const both = job([{ ...wanted("node a", "10.0.0.1:10250"), path: "/metrics/cadvisor" }], cadvisor);
  const given = answers([active("10.0.0.1:10250", { scrapeUrl: "https://10.0.0.1:10250/metrics/cadvisor" })]);
  assert.deepEqual(compared([both], given).problems, []);
});

test("targets with the same labels are duplicates, across jobs too", () => {
  const labels = { job: "apiserver", instance: "10.0.0.1:6443" };
  const given = answers(
    [
      active("10.0.0.1:6443", { scrapePool: "apiserver", labels }),
      active("10.0.0.1:6443", { scrapePool: "slis", labels, scrapeUrl: "https://10.0.0.1:6443/metrics/slis" }),
    ],
    { scrapePools: ["apiserver", "slis"] },
  );
  const jobs = ["apiserver", "slis"].map((job_name) => job(undefined, { job_name }));
  const { problems } = compared(jobs, given);
  assert.deepEqual(said(problems), ["duplicate apiserver: 10.0.0.1:6443/metrics and slis: 10.0.0.1:6443/metrics/slis"]);
  assert.match(problems[0]?.reason ?? "", /same labels/);
});

test("two addresses with the same labels and path are one problem, and not two", () => {
  const labels = { job: "kubelet", instance: "a" };
  const given = answers([active("10.0.0.1:10250", { labels }), active("10.0.0.2:10250", { labels })]);
  assert.deepEqual(said(compared([twoNodes], given).problems), [
    "duplicate kubelet: 10.0.0.1:10250/metrics and kubelet: 10.0.0.2:10250/metrics",
  ]);
});

test("a target that is down says why, whose it is, and what the cluster knows of it", () => {
  const trouble = { reason: "node a is not Ready", command: "kubectl describe node a" };
  const broken = job([{ ...wanted("node a", "10.0.0.1:10250"), trouble }]);
  const lastError = 'Get "https://10.0.0.1:10250/metrics": dial tcp 10.0.0.1:10250: connect: connection refused';
  const { row, problems } = compared([broken], answers([active("10.0.0.1:10250", { health: "down", lastError })]));
  assert.deepEqual(said(problems), ["down kubelet: 10.0.0.1:10250/metrics (node a)"]);
  assert.match(problems[0]?.reason ?? "", /connection refused.*\(node a is not Ready\)$/);
  assert.equal(problems[0]?.cure, "first see why node a is not ready: kubectl describe node a");
  assert.equal(row.up, 0);
});

test("a target that was never scraped is not up, and was never scraped", () => {
  const fresh = active("10.0.0.1:10250", { health: "unknown", lastScrape: "0001-01-01T00:00:00Z" });
  const { row, problems } = compared([job([wanted("node a", "10.0.0.1:10250")])], answers([fresh]));
  assert.deepEqual(said(problems), ["unscraped kubelet: 10.0.0.1:10250/metrics (node a)"]);
  assert.equal(row.up, 0);
  assert.equal(row.lastScrapeSecondsAgo, null);
});

test("of a job that the generators do not know, only the health is checked", () => {
  const own = job(undefined, { job_name: "own" });
  const given = answers([active("10.9.0.1:80", { scrapePool: "own" })], { scrapePools: ["own"] });
  const { row, problems } = compared([own], given);
  assert.equal(row.expected, null);
  assert.deepEqual(problems, []);
  const down = answers([active("10.9.0.1:80", { scrapePool: "own", health: "down", lastError: "EOF" })], {
    scrapePools: ["own"],
  });
  assert.deepEqual(said(compared([own], down).problems), ["down own: 10.9.0.1:80/metrics"]);
});

test("a job that the cluster has not been given says to apply it", () => {
  const given = answers([], { scrapePools: [] });
  const { problems } = compared([twoNodes], given, {}, []);
  assert.deepEqual(said(problems), ["not loaded job kubelet"]);
  assert.equal(problems[0]?.cure, "kubectl apply -k overlays/devbox");
});

test("a job that was applied a moment ago says to wait", () => {
  const { problems } = compared([twoNodes], answers([], { scrapePools: [] }));
  assert.match(problems[0]?.cure ?? "", /^wait about a minute/);
});

test("a configuration that does not load is named, and so is each job that is lost by it", () => {
  const given = answers([], { scrapePools: [], reloadConfigSuccess: false });
  const { problems } = compared([twoNodes], given);
  assert.deepEqual(said(problems), ["not loaded pod prometheus-0", "not loaded job kubelet"]);
  assert.match(problems[1]?.reason ?? "", /could not load/);
});

test("a job that runs and is not in the overlay is unexpected", () => {
  const given = answers([active("10.0.0.1:10250"), active("10.0.0.2:10250")], { scrapePools: ["kubelet", "old"] });
  assert.deepEqual(said(compared([twoNodes], given).problems), ["unexpected job old"]);
});

test("evidence is gathered for jobs that have no target or are refused, and for no other", () => {
  const up = answers([active("10.0.0.1:10250")]);
  const refused = active("10.0.0.1:10250", {
    health: "down",
    lastError: "server returned HTTP status 403 Forbidden",
  });
  assert.equal(needsEvidence(twoNodes, up), false);
  assert.equal(needsEvidence(twoNodes, answers([])), true);
  assert.equal(needsEvidence(twoNodes, answers([refused])), true);
  assert.equal(needsEvidence(twoNodes, answers([], { scrapePools: [] })), false);
  assert.equal(needsEvidence(job([]), answers([])), false);
});

test.run();
