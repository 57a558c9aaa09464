import { scraped } from "../../address.js";
import { type Cell, htmlTable } from "../../html-table.js";
import { escaped } from "../../markup.js";
import { count, seconds } from "../../numbers.js";
import { type JobReport, problemsOf, type ReplicaReport, type Report } from "../report.js";
import type { Figures } from "./figures.js";

/** What does not hold, each with its reason and its cure; nothing when everything holds. */
export function problems(report: Report): string {
  const items = problemsOf(report).map(
    ({ kind, subject, reason, cure }) =>
      `<li><b>${escaped(subject)}</b> is <span class="bad">${kind}</span><br>${escaped(reason)}<br><span class="quiet">cure:</span> ${escaped(cure)}</li>`,
  );
  return items.length === 0 ? "" : `<h2>What does not hold</h2><ul class="problems">${items.join("")}</ul>`;
}

/** The table that `npm run verify` prints, and each target below it. */
export function targets(report: Report, figures: Figures | undefined): string {
  const several = report.replicas.length > 1;
  const header = [
    ...(several ? [{ html: "Pod" }] : []),
    { html: "Job" },
    { html: "Expected", kind: "number" as const },
    { html: "Up", kind: "number" as const },
    { html: "Samples", kind: "number" as const },
    { html: "Last scrape", kind: "number" as const },
  ];
  const rows = report.replicas.flatMap((replica) => replica.jobs.map((job) => jobRow(replica, job, several)));
  return `<h2>Targets</h2>${htmlTable(header, rows)}${figures === undefined ? "" : each(figures)}`;
}

function jobRow({ pod }: ReplicaReport, job: JobReport, several: boolean): Cell[] {
  const kind = job.problems.length === 0 ? "good" : "bad";
  return [
    ...(several ? [{ html: escaped(pod) }] : []),
    { html: `<span class="dot ${kind}"></span>${escaped(job.job)}` },
    { html: job.expected === null ? "?" : count(job.expected), kind: "number" },
    { html: count(job.up), kind: "number" },
    { html: job.samples === null ? "?" : count(job.samples), kind: "number" },
    { html: job.lastScrapeSecondsAgo === null ? "never" : `${job.lastScrapeSecondsAgo} s ago`, kind: "number" },
  ];
}

function each({ targets, pod }: Figures): string {
  const rows = targets.map(({ labels, scrapeUrl, health, lastScrapeDuration, lastError }): Cell[] => {
    const { address, path } = scraped(scrapeUrl);
    return [
      { html: `<span class="dot ${health === "up" ? "good" : "bad"}"></span>${escaped(labels.job ?? "")}` },
      { html: `<code>${escaped(address + path)}</code>` },
      { html: escaped(labels.node ?? labels.pod ?? "") },
      { html: seconds(lastScrapeDuration), kind: "number" },
      { html: health === "up" ? "up" : escaped(lastError || health) },
    ];
  });
  const header: Cell[] = [
    { html: "Job" },
    { html: "Address" },
    { html: "Node or pod" },
    { html: "Took", kind: "number" },
    { html: "State" },
  ];
  return `<details><summary>Each target of ${escaped(pod)}</summary>${htmlTable(header, rows)}</details>`;
}
