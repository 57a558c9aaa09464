import { type Selector, selectors } from "../../../metrics/promql/selectors.js";
import { matches } from "../../../metrics/promql/values.js";
import type { Query } from "./queries.js";

/** How many series of one name a job has. */
export interface Count {
  readonly job: string;
  readonly name: string;
  readonly series: number;
}

/** What one job costs, as its Prometheus says. */
interface MeasuredJob {
  readonly job: string;
  readonly targets: number;
  /** Samples of one round of scrapes, before relabelling. */
  readonly scraped: number;
  /** What one round transfers, uncompressed; undefined where Prometheus does not count it. */
  readonly bytes: number | undefined;
  readonly intervalSeconds: number;
}

/** What a Prometheus has. */
export interface Measured {
  readonly jobs: readonly MeasuredJob[];
  /** Series that jobs gave, without those that Prometheus adds to each target. */
  readonly kept: readonly Count[];
  /** Those that some selector of a query takes. */
  readonly taken: readonly Count[];
  readonly headSeries: number | undefined;
  /** Resident memory in bytes. */
  readonly memory: number | undefined;
  readonly nodes: number;
  readonly pods: number;
  /** Bytes that a sample takes on disk; undefined before the first compaction. */
  readonly bytesPerSample: number | undefined;
}

/** What one job costs, and what of that is read. All are series but for the fields of {@link MeasuredJob}. */
interface JobBill extends MeasuredJob {
  readonly kept: number;
  /** Of names that some query reads. */
  readonly named: number;
  /** Taken by the selector of some query. */
  readonly taken: number;
  /** Share of all series, and so of what memory they take; from 0 to 1. */
  readonly share: number;
  /** Groups of rules and dashboards that read it, sorted. */
  readonly readers: readonly string[];
}

/** What a group of rules or a dashboard reads. */
interface ReaderBill {
  readonly of: string;
  readonly queries: number;
  /** Series of the names that it reads. */
  readonly series: number;
  /** Series of the names that nothing else reads: with it, `lean` drops them. */
  readonly alone: number;
}

/** A metric that nobody reads: a histogram or summary with all its series. */
interface Unread {
  readonly job: string;
  readonly family: string;
  readonly series: number;
}

export interface Bill {
  readonly jobs: readonly JobBill[];
  readonly scraped: number;
  readonly kept: number;
  readonly named: number;
  readonly taken: number;
  /** Series that are kept for one of a name that is read, and for one that a selector takes. Infinite where nothing is read. */
  readonly waste: { readonly byName: number; readonly bySelector: number };
  /** The dearest first. */
  readonly readers: readonly ReaderBill[];
  /** The largest first. */
  readonly unread: readonly Unread[];
  /** Series with `lean` and `native-histograms` each on or off, as far as what is kept tells. */
  readonly switched: { readonly lean: number; readonly native: number; readonly both: number };
}

/** The bill of a Prometheus whose rules and dashboards ask these queries. */
export function bill(measured: Pick<Measured, "jobs" | "kept" | "taken">, queries: readonly Query[]): Bill {
  const { kept } = measured;
  const readersOf = new Map<string, Set<string>>();
  const selectorsOf = new Map<string, readonly Selector[]>();
  for (const query of queries) {
    const reader = query.of;
    selectorsOf.set(reader, [...(selectorsOf.get(reader) ?? []), ...naming(query.expression)]);
  }
  const keys = new Map(kept.map((count) => [keyOf(count), count]));
  for (const [reader, read] of selectorsOf) {
    for (const [key, { job, name }] of keys) {
      if (read.some((selector) => reads(selector, job, name))) {
        readersOf.set(key, (readersOf.get(key) ?? new Set<string>()).add(reader));
      }
    }
  }
  const isRead = (count: Count) => readersOf.has(keyOf(count));
  const all = sum(kept);
  const jobs = measured.jobs.map((job): JobBill => {
    const own = kept.filter((count) => count.job === job.job);
    return {
      ...job,
      kept: sum(own),
      named: sum(own.filter(isRead)),
      taken: sum(measured.taken.filter((count) => count.job === job.job)),
      share: all === 0 ? 0 : sum(own) / all,
      readers: [...new Set(own.flatMap((count) => [...(readersOf.get(keyOf(count)) ?? [])]))].sort(),
    };
  });
  const readers = [...selectorsOf.keys()].map((reader): ReaderBill => {
    const own = kept.filter((count) => readersOf.get(keyOf(count))?.has(reader));
    return {
      of: reader,
      queries: queries.filter((query) => query.of === reader).length,
      series: sum(own),
      alone: sum(own.filter((count) => readersOf.get(keyOf(count))?.size === 1)),
    };
  });
  const [named, taken] = [sum(kept.filter(isRead)), sum(measured.taken)];
  return {
    jobs: jobs.sort((one, other) => other.kept - one.kept),
    scraped: jobs.reduce((total, { scraped }) => total + scraped, 0),
    kept: all,
    named,
    taken,
    waste: { byName: all / named, bySelector: all / taken },
    readers: readers.sort((one, other) => other.alone - one.alone || other.series - one.series),
    unread: unreadFamilies(
      kept.filter((count) => !isRead(count)),
      kept,
    ),
    switched: { lean: named, native: converted(kept), both: converted(kept.filter(isRead)) },
  };
}

/** The selectors that name metrics. One that takes every series reads none in particular. */
export function naming(expression: string): readonly Selector[] {
  return selectors(expression).filter(
    ({ metric, matchers }) => metric !== undefined || matchers.some(({ label }) => label === "__name__"),
  );
}

function reads({ metric, matchers }: Selector, job: string, name: string): boolean {
  if (metric !== undefined && metric !== name) return false;
  return matchers.every((matcher) =>
    matcher.label === "__name__" ? matches(matcher, name) : matcher.label !== "job" || matches(matcher, job),
  );
}

const parts = /_(bucket|sum|count)$/;

function unreadFamilies(unread: readonly Count[], kept: readonly Count[]): Unread[] {
  const classic = classicHistograms(kept);
  const families = new Map<string, Unread>();
  for (const { job, name, series } of unread) {
    const base = name.replace(parts, "");
    const family = classic.has(keyOf({ job, name: base })) ? base : name;
    const before = families.get(keyOf({ job, name: family }))?.series ?? 0;
    families.set(keyOf({ job, name: family }), { job, family, series: before + series });
  }
  return [...families.values()].sort((one, other) => other.series - one.series);
}

/** Histograms that are kept as buckets, by job and name. */
function classicHistograms(kept: readonly Count[]): ReadonlySet<string> {
  return new Set(
    kept.flatMap(({ job, name }) => (name.endsWith("_bucket") ? [keyOf({ job, name: name.replace(parts, "") })] : [])),
  );
}

/** Series that are left when each classic histogram is one: as many as it has counts, or sums where only these are kept. */
function converted(kept: readonly Count[]): number {
  const classic = classicHistograms(kept);
  const bucketsOnly = new Map<string, number>();
  const rest = kept.filter(({ job, name, series }) => {
    const family = keyOf({ job, name: name.replace(parts, "") });
    if (!classic.has(family) || !parts.test(name)) return true;
    const least = Math.min(bucketsOnly.get(family) ?? Number.POSITIVE_INFINITY, series);
    bucketsOnly.set(family, least);
    return false;
  });
  return sum(rest) + [...bucketsOnly.values()].reduce((total, series) => total + series, 0);
}

function keyOf({ job, name }: Pick<Count, "job" | "name">): string {
  return `${job} ${name}`;
}

function sum(counts: readonly Count[]): number {
  return counts.reduce((total, { series }) => total + series, 0);
}
