import type { LeftOut } from "../left-out.js";

/**
 * What can be wrong:
 *
 * - `not ready`: a workload of the overlay does not run as it should
 * - `taken`: another overlay in the cluster has an object or a port of this one
 * - `not applied`: a ConfigMap in the cluster is not as in the overlay
 * - `not loaded`: Prometheus runs without a job of the overlay, or with an old configuration
 * - `missing`: the cluster has something to scrape that Prometheus has no target for
 * - `unexpected`: Prometheus has a target, or a job, that there should not be
 * - `duplicate`: two targets that Prometheus' series cannot tell apart, or one thing that is scraped twice
 * - `down`: Prometheus scrapes a target and fails
 * - `unscraped`: a target is so new that Prometheus has not scraped it yet
 * - `not sent`: samples of Prometheus do not arrive where it sends them by remote write
 * - `partial`: a Querier of Thanos does not reach one of those that it asks
 */
type ProblemKind =
  | "not ready"
  | "taken"
  | "not applied"
  | "not loaded"
  | "missing"
  | "unexpected"
  | "duplicate"
  | "down"
  | "unscraped"
  | "not sent"
  | "partial";

/** One thing that does not hold. */
export interface Problem {
  readonly kind: ProblemKind;
  /** What has it: `10.0.0.7:10250/metrics (node worker-1)`, `Deployment monitoring/prometheus`, or a job's name. */
  readonly subject: string;
  readonly reason: string;
  /** What to do about it. */
  readonly cure: string;
}

/** One scrape job, as one Prometheus has it. */
export interface JobReport {
  readonly job: string;
  /** How many targets the cluster says there must be; null for a job that the generators do not know. */
  readonly expected: number | null;
  /** How many targets were scraped successfully the last time. */
  readonly up: number;
  /** How many samples the last scrapes of all targets gave together; null where an agent scrapes, which does not tell. */
  readonly samples: number | null;
  /** Age of the oldest of the last scrapes, by Prometheus' own clock; null when nothing was scraped yet. */
  readonly lastScrapeSecondsAgo: number | null;
  readonly problems: readonly Problem[];
}

/** One running Prometheus. */
export interface ReplicaReport {
  readonly pod: string;
  /** In the order of the overlay. */
  readonly jobs: readonly JobReport[];
  /** What concerns no single job. */
  readonly problems: readonly Problem[];
}

/** What the series of one Prometheus cost, in short; `npm run cost` has the whole bill. */
export interface ShortBill {
  readonly pod: string;
  /** Series that jobs gave. */
  readonly kept: number;
  /** So many are kept for one of a name that a rule, a dashboard or a person reads; null where nothing is read. */
  readonly wasteByName: number | null;
  /** Bytes of one round of scrapes, uncompressed; null where Prometheus does not count them. */
  readonly bytes: number | null;
  /** The dearest first; `share` of all series, and so of what memory they take, is from 0 to 1. */
  readonly jobs: readonly { readonly job: string; readonly kept: number; readonly share: number }[];
}

/** What `npm run verify -- --json` prints. */
export interface Report {
  readonly overlay: string;
  /** Whether everything holds: a Prometheus runs and there is no problem anywhere. */
  readonly ok: boolean;
  /** Workloads that are not verified: the cluster cannot get their image. */
  readonly leftOut: readonly LeftOut[];
  /** What concerns no single Prometheus. */
  readonly problems: readonly Problem[];
  /** One for each Prometheus that is ready. */
  readonly replicas: readonly ReplicaReport[];
  /** Of the first Prometheus that is ready. Absent where it runs outside: its rules are not known here. */
  readonly bill?: ShortBill;
}

/** Puts a report together. */
export function reportOf(
  overlay: string,
  problems: readonly Problem[],
  replicas: readonly ReplicaReport[],
  leftOut: readonly LeftOut[] = [],
): Report {
  const report = { overlay, leftOut, problems, replicas };
  return { ...report, ok: replicas.length > 0 && problemsOf(report).length === 0 };
}

/** Every problem of a report, those that explain the others first, each once however many replicas have it. */
export function problemsOf({ problems, replicas }: Pick<Report, "problems" | "replicas">): readonly Problem[] {
  const all = [
    ...problems,
    ...replicas.flatMap((replica) => [...replica.problems, ...replica.jobs.flatMap((job) => job.problems)]),
  ];
  return [...new Map(all.map((problem) => [JSON.stringify(problem), problem])).values()];
}
