import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { test } from "uvu";
import { type JobReport, type Problem, reportOf } from "../../../../scripts/lib/verify/report.js";
import { table } from "../../../../scripts/lib/verify/table.js";
import { waitingFor, waitingLine } from "../../../../scripts/lib/verify/waiting-line.js";

const kubelet: JobReport = { job: "kubelet", expected: 2, up: 2, samples: 4321, lastScrapeSecondsAgo: 7, problems: [] };
const own: JobReport = { ...kubelet, job: "my-own-job", expected: null, lastScrapeSecondsAgo: null };
const problem: Problem = { kind: "down", subject: "kubelet: 10.0.0.1:10250/metrics", reason: "why", cure: "do this" };

function report(jobs: readonly JobReport[], problems: readonly Problem[] = []) {
  return reportOf("overlays/devbox", problems, [{ pod: "prometheus-0", jobs, problems: [] }]);
}

function printed(given: ReturnType<typeof report>): string {
  return stripVTControlCharacters(table(given));
}

test("a report without problems is ok, and its table has a row for each job", () => {
  const good = report([kubelet, own]);
  assert.equal(good.ok, true);
  assert.equal(
    printed(good),
    [
      "overlays/devbox",
      "",
      "JOB         EXPECTED  UP  SAMPLES  LAST SCRAPE",
      "kubelet     2         2   4321     7s ago",
      "my-own-job  ?         2   4321     never",
      "",
      "all hold: 2 jobs, 4 targets up",
    ].join("\n"),
  );
});

test("the bill stands below the jobs: what is kept, what of it is read, and who has the largest shares", () => {
  const shares = [0.5, 0.2, 0.1, 0.1, 0.06, 0.04].map((share, index) => ({ job: `job-${index}`, kept: 1, share }));
  const bill = { pod: "prometheus-0", kept: 3473, wasteByName: 1.0712, bytes: 4_404_019, jobs: shares };
  const lines = (given: ReturnType<typeof report>) => printed(given).split("\n").slice(5, -2);
  assert.deepEqual(lines({ ...report([kubelet]), bill }), [
    "cost: 3,473 series, 1.07 for one of a name that is read; 4.2 MiB a round of scrapes",
    "      job-0 50 %, job-1 20 %, job-2 10 %, job-3 10 %, all others 10 %",
  ]);
  const unknown = { ...bill, wasteByName: null, bytes: null, jobs: shares.slice(0, 1) };
  assert.deepEqual(lines({ ...report([kubelet]), bill: unknown }), [
    "cost: 3,473 series, no name of which is read",
    "      job-0 50 %",
  ]);
  const two = [...report([kubelet]).replicas, ...report([kubelet]).replicas];
  assert.match(printed({ ...report([kubelet]), replicas: two, bill }), /^cost of prometheus-0: 3,473 series/m);
});

test("a problem makes the report fail, wherever it is", () => {
  assert.equal(report([{ ...kubelet, problems: [problem] }]).ok, false);
  assert.equal(report([kubelet], [problem]).ok, false);
  assert.equal(reportOf("o", [], [{ pod: "p", jobs: [kubelet], problems: [problem] }]).ok, false);
});

test("no Prometheus is not ok, even without a problem", () => {
  const none = reportOf("overlays/devbox", [], []);
  assert.equal(none.ok, false);
  assert.match(printed(none), /no Prometheus is ready/);
});

test("a problem is printed with its reason and its cure", () => {
  assert.match(
    printed(report([{ ...kubelet, problems: [problem] }])),
    /✗ kubelet: 10\.0\.0\.1:10250\/metrics is down\n {2}reason: why\n {2}cure: {3}do this\n\n1 problem$/,
  );
});

test("what is left out is named, and no problem", () => {
  const leftOut = [{ object: "Deployment monitoring/grafana", image: "docker.io/grafana/grafana:1" }];
  const without = reportOf("overlays/prod", [], report([kubelet]).replicas, leftOut);
  assert.equal(without.ok, true);
  assert.match(
    printed(without),
    /\n\nleft out: Deployment monitoring\/grafana, as docker\.io\/grafana\/grafana:1 cannot be had here\n\nall hold/,
  );
});

test("with two replicas each row names its pod, and what both have is said once", () => {
  const jobs = [{ ...kubelet, problems: [problem] }];
  const replicas = ["prometheus-0", "prometheus-1"].map((pod) => ({ pod, jobs, problems: [] }));
  const text = printed(reportOf("overlays/prod", [], replicas));
  assert.match(text, /^POD {11}JOB {6}EXPECTED/m);
  assert.match(text, /^prometheus-1 {2}kubelet/m);
  assert.match(text, /\n1 problem$/);
});

test("with two replicas a job that both have counts once", () => {
  const replicas = ["prometheus-0", "prometheus-1"].map((pod) => ({ pod, jobs: [kubelet], problems: [] }));
  assert.match(printed(reportOf("overlays/prod", [], replicas)), /all hold: 2 replicas, 1 jobs, 4 targets up$/);
});

test("what is waited for is the first problem and how many more", () => {
  const waiting = waitingFor(report([{ ...kubelet, problems: [problem] }], [{ ...problem, subject: "pod p" }]));
  assert.equal(waiting, "pod p is down: why (and 1 more)");
});

test("off a terminal, a line is written only when what is waited for changes", () => {
  const lines: string[] = [];
  const line = waitingLine({
    isTTY: false,
    columns: 80,
    write: (text: string | Uint8Array) => lines.push(`${text}`) > 0,
  });
  line.show(report([{ ...kubelet, problems: [problem] }]));
  line.show(report([{ ...kubelet, problems: [problem] }]));
  line.show(report([{ ...kubelet, problems: [{ ...problem, reason: "other" }] }]));
  line.clear();
  assert.deepEqual(lines, [
    "waiting: kubelet: 10.0.0.1:10250/metrics is down: why\n",
    "waiting: kubelet: 10.0.0.1:10250/metrics is down: other\n",
  ]);
});

test("on a terminal there is one line, no wider than it, and it goes away", () => {
  const written: string[] = [];
  const line = waitingLine({
    isTTY: true,
    columns: 20,
    write: (text: string | Uint8Array) => written.push(`${text}`) > 0,
  });
  line.show(report([{ ...kubelet, problems: [problem] }]));
  line.clear();
  assert.equal(stripVTControlCharacters(written[0] ?? "").trim().length, 19);
  assert.ok(!written[0]?.includes("\n"));
  assert.equal(written[1], "\r\x1b[K");
});

test.run();
