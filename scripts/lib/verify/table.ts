import { chalk } from "zx";
import { aligned } from "../aligned.js";
import { count, bytes as inUnits, percent } from "../numbers.js";
import { type JobReport, problemsOf, type Report, type ShortBill } from "./report.js";

/**
 * A report as people read it: a line for each job, below it the bill in short, and each problem with its reason and its cure.
 * Coloured where standard output is a terminal. The pod is a column only where there is more than one Prometheus.
 */
export function table(report: Report): string {
  const { replicas, overlay } = report;
  const showsPod = replicas.length > 1;
  const rows = replicas.flatMap(({ pod, jobs }) => jobs.map((job) => [...(showsPod ? [pod] : []), ...cells(job)]));
  const head = [...(showsPod ? ["POD"] : []), "JOB", "EXPECTED", "UP", "SAMPLES", "LAST SCRAPE"];
  const problems = problemsOf(report).map(
    ({ kind, subject, reason, cure }) =>
      `${chalk.red("✗")} ${chalk.bold(subject)} is ${chalk.red(kind)}\n  reason: ${reason}\n  ${chalk.cyan("cure:")}   ${cure}`,
  );
  const left = report.leftOut.map(({ object, image }) => `left out: ${object}, as ${image} cannot be had here`);
  const parts = [
    ...(rows.length === 0 ? [] : [aligned([head, ...rows])]),
    ...left,
    ...(report.bill === undefined ? [] : [cost(report.bill, showsPod)]),
    ...problems,
    summary(report, problems.length),
  ];
  return `${overlay}\n\n${parts.join("\n\n")}`;
}

function cells({ job, expected, up, samples, lastScrapeSecondsAgo, problems }: JobReport): string[] {
  const paint = problems.length === 0 ? chalk.green : chalk.red;
  return [
    paint(job),
    expected === null ? "?" : `${expected}`,
    paint(`${up}`),
    samples === null ? "?" : `${samples}`,
    lastScrapeSecondsAgo === null ? "never" : `${lastScrapeSecondsAgo}s ago`,
  ];
}

const dearest = 4;

function cost({ pod, kept, bytes, jobs, ...bill }: ShortBill, showsPod: boolean): string {
  const shares = jobs.slice(0, dearest).map(({ job, share }) => `${job} ${percent(share)}`);
  const others = jobs.slice(dearest).reduce((sum, { share }) => sum + share, 0);
  return [
    `cost${showsPod ? ` of ${pod}` : ""}: ${count(kept)} series, ${waste(bill)}${bytes === null ? "" : `; ${inUnits(bytes)} a round of scrapes`}`,
    `      ${[...shares, ...(jobs.length > dearest ? [`all others ${percent(others)}`] : [])].join(", ")}`,
  ].join("\n");
}

/** How many series are kept for one that is read, in words. */
export function waste({ wasteByName }: Pick<ShortBill, "wasteByName">): string {
  return wasteByName === null ? "no name of which is read" : `${wasteByName.toFixed(2)} for one of a name that is read`;
}

function summary({ ok, replicas }: Report, problems: number): string {
  if (!ok) {
    const many = `${problems} ${problems === 1 ? "problem" : "problems"}`;
    return chalk.red(replicas.length === 0 ? `no Prometheus is ready: ${many}` : many);
  }
  const jobs = replicas.flatMap((replica) => replica.jobs);
  const targets = jobs.reduce((sum, { up }) => sum + up, 0);
  const names = new Set(jobs.map(({ job }) => job));
  const each = replicas.length === 1 ? "" : `${replicas.length} replicas, `;
  return chalk.green(`all hold: ${each}${names.size} jobs, ${targets} targets up`);
}
