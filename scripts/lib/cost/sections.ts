import { optionalJobs } from "../../../generators/prometheus/scrape/optional.js";
import { bytes, count, percent } from "../numbers.js";
import { projectSettings } from "../settings.js";
import type { Bill, Measured } from "./bill.js";
import { type Estimate, formula } from "./estimate.js";

/** A part of the bill: rows below a header, of which the first column is text, and sentences below it. */
export interface Section {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

/** Rows of a long list that are worth somebody's time. */
const most = 15;

/** The bill as it is shown, in text and in HTML. */
export function sectionsOf(bill: Bill, measured: Measured, estimate: Estimate): readonly Section[] {
  return [
    byJob(bill, measured),
    unread(bill),
    components(bill),
    readers(bill),
    switches(bill),
    future(estimate, measured),
  ];
}

/** Kept for one that is read, in two digits. */
export function ratio(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : "nothing is read";
}

function byJob({ jobs, scraped, kept, named, taken, waste }: Bill, { memory, headSeries }: Measured): Section {
  const known = jobs.flatMap((job) => job.bytes ?? []);
  return {
    title: "Jobs",
    header: [
      "job",
      "targets",
      "scraped",
      "kept",
      "read by name",
      "by selector",
      "a round",
      "share of memory",
      "readers",
    ],
    rows: [
      ...jobs.map((job) => [
        job.job,
        count(job.targets),
        count(job.scraped),
        count(job.kept),
        count(job.named),
        count(job.taken),
        job.bytes === undefined ? "?" : bytes(job.bytes),
        percent(job.share),
        shortened(job.readers),
      ]),
      [
        "all",
        count(jobs.reduce((all, { targets }) => all + targets, 0)),
        count(scraped),
        count(kept),
        count(named),
        count(taken),
        known.length === 0 ? "?" : bytes(known.reduce((all, one) => all + one, 0)),
        "100 %",
        "",
      ],
    ],
    notes: [
      `Waste: ${ratio(waste.byName)} series are kept for one of a name that is read, ${ratio(waste.bySelector)} for one that a selector takes.`,
      ...(headSeries === undefined || memory === undefined
        ? []
        : [`Prometheus has ${count(headSeries)} series in its head and ${bytes(memory)} of memory.`]),
      "A round is one scrape of every target, uncompressed. Memory is shared out by series.",
    ],
  };
}

function shortened(readers: readonly string[]): string {
  const shown = 3;
  const more = readers.length - shown;
  return [...readers.slice(0, shown), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function unread({ unread }: Bill): Section {
  const rest = unread.slice(most);
  return {
    title: "Largest metrics that nobody reads",
    header: ["metric", "job", "series"],
    rows: unread.slice(0, most).map(({ family, job, series }) => [family, job, count(series)]),
    notes:
      rest.length === 0
        ? []
        : [`${rest.length} more have ${count(rest.reduce((all, { series }) => all + series, 0))} series.`],
  };
}

function components({ jobs }: Bill): Section {
  const rows = optionalJobs(projectSettings()).flatMap(({ component, jobs: added }) => {
    const own = jobs.filter(({ job }) => added.some(({ config }) => config.job_name === job));
    const total = (key: "kept" | "taken") => own.reduce((all, one) => all + one[key], 0);
    return own.length === 0 ? [] : [[component, count(total("kept")), count(total("taken"))]];
  });
  return {
    title: "What each Component adds",
    header: ["Component", "series", "read by selector"],
    rows,
    notes: rows.length === 0 ? ["No job is of a Component."] : [],
  };
}

function readers({ readers }: Bill): Section {
  return {
    title: "What each dashboard and group of rules adds",
    header: ["dashboard or group", "queries", "series it reads", "that nothing else reads"],
    rows: readers
      .slice(0, most)
      .map(({ of, queries, series, alone }) => [of, count(queries), count(series), count(alone)]),
    notes: [
      ...(readers.length > most ? [`${readers.length - most} more read less that nothing else reads.`] : []),
      "With lean, what nothing else reads goes when it goes.",
    ],
  };
}

function switches({ kept, scraped, jobs, switched }: Bill): Section {
  const dropped = scraped - kept;
  // The two are asked for at different moments, and some targets come and go.
  const isLean = dropped > scraped / 100;
  const rows: (readonly [string, number])[] = [
    ["as it is", kept],
    ["every name that nobody reads dropped", switched.lean],
    ["every classic histogram converted", switched.native],
    ["both", switched.both],
  ];
  return {
    title: "What lean and native-histograms change",
    header: ["", "series", "of now"],
    rows: rows.map(([what, series]) => [what, count(series), percent(kept === 0 ? 1 : series / kept)]),
    notes: [
      ...(isLean ? [`${count(dropped)} samples of a round are dropped already: without lean they would be kept.`] : []),
      `Labels are not looked at here: lean also drops what no selector takes of a name, to ${count(jobs.reduce((all, { taken }) => all + taken, 0))} series at best.`,
    ],
  };
}

function future(estimate: Estimate, { nodes, pods }: Measured): Section {
  const { series, samplesPerSecond, memory, cores, disk } = estimate;
  return {
    title: `Estimate for ${count(estimate.nodes)} nodes, ${count(estimate.pods)} pods, ${count(estimate.days)} days`,
    header: ["series", "samples a second", "memory", "cores", "disk"],
    rows: [[count(series), count(samplesPerSecond), bytes(memory), cores.toFixed(2), bytes(disk)]],
    notes: [`It grows from this cluster's ${count(nodes)} nodes and ${count(pods)} pods, for one replica:`, ...formula],
  };
}
