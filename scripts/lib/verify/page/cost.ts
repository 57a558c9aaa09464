import { type Cell, htmlTable } from "../../html-table.js";
import { escaped } from "../../markup.js";
import { bytes, count, percent, seconds } from "../../numbers.js";
import type { ShortBill } from "../report.js";
import { waste } from "../table.js";
import type { Figures, JobCost } from "./figures.js";

const secondsOfDay = 86_400;

/** What each job costs: series in memory, samples, and bytes as far as Prometheus knows them; and what of it is read. */
export function cost({ costs, bytesPerSample }: Figures, bill: ShortBill | undefined): string {
  const all = sum(costs);
  const header: Cell[] = [
    { html: "Job" },
    { html: "Series kept" },
    { html: "Samples scraped", kind: "number" },
    { html: "Samples/s", kind: "number" },
    { html: "Scrapes take", kind: "number" },
    { html: "Transferred", kind: "number" },
    { html: "Disk per day", kind: "number" },
  ];
  const row = (one: JobCost, share: string): Cell[] => [
    { html: escaped(one.job) },
    { html: share },
    { html: count(one.scraped), kind: "number" },
    { html: count(one.samplesPerSecond), kind: "number" },
    { html: seconds(one.scrapeSeconds), kind: "number" },
    { html: one.bodyBytes === undefined ? "–" : bytes(one.bodyBytes), kind: "number" },
    {
      html: bytesPerSample === undefined ? "–" : bytes(one.samplesPerSecond * secondsOfDay * bytesPerSample),
      kind: "number",
    },
  ];
  const dearest = [...costs].sort((one, other) => other.series - one.series);
  const rows = dearest.map((one) => row(one, bar(one.series, all.series)));
  const unknown = [
    ...(all.bodyBytes === undefined
      ? ["Prometheus counts transferred bytes only with <code>extra_scrape_metrics: true</code>."]
      : []),
    ...(bytesPerSample === undefined
      ? [
          "How many bytes a sample takes on disk is known after the first compaction, about three hours after the start.",
        ]
      : [`A sample takes ${Number(bytesPerSample.toFixed(2))} bytes on disk.`]),
  ];
  const notes = bill === undefined ? unknown : [`${count(bill.kept)} series are kept, ${waste(bill)}.`, ...unknown];
  return `<h2>Cost by job</h2>${htmlTable(header, rows, row(all, count(all.series)))}<p class="quiet">${notes.join(" ")}</p>`;
}

/** All jobs as one. */
function sum(costs: readonly JobCost[]): JobCost {
  const total = (key: "scraped" | "series" | "samplesPerSecond" | "scrapeSeconds") =>
    costs.reduce((all, one) => all + one[key], 0);
  const known = costs.flatMap(({ bodyBytes }) => bodyBytes ?? []);
  return {
    job: "all",
    scraped: total("scraped"),
    series: total("series"),
    samplesPerSecond: total("samplesPerSecond"),
    scrapeSeconds: total("scrapeSeconds"),
    bodyBytes: known.length === 0 ? undefined : known.reduce((all, one) => all + one, 0),
  };
}

function bar(value: number, all: number): string {
  const share = all === 0 ? 0 : value / all;
  return `<span class="bar"><span style="width:${(share * 100).toFixed(1)}%"></span></span>${count(value)} <span class="quiet">${percent(share)}</span>`;
}
