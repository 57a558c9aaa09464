import { outsideAccount } from "../../../generators/bare-metal/access.js";
import { hostAndPort } from "../../../scripts/lib/address.js";
import { Failure } from "../../../scripts/lib/failure.js";
import { type ActiveTarget, prometheusAt } from "../../../scripts/lib/prometheus.js";

/** What a copy has: of Prometheus each job's targets, of kube-state-metrics the names of its series. */
export type Seen =
  | { readonly kind: "targets"; readonly jobs: ReadonlyMap<string, JobSeen> }
  | { readonly kind: "series"; readonly names: ReadonlySet<string> };

/** The targets of one job. */
interface JobSeen {
  readonly up: number;
  /** What Prometheus says of those that are down, in an order of the words, as it gives them in any. */
  readonly errors: readonly string[];
  /** Found and not scraped yet. */
  readonly unscraped: number;
}

/** What is gone without a permission, in the words of docs/security.md. */
export interface Loss {
  readonly jobs: readonly string[];
  readonly effect: string;
}

/** Asks the copy of a holder, at the address where it runs, what it has; undefined while it does not answer. */
export async function see(holder: string, address: string): Promise<Seen | undefined> {
  const ask = asks[holder];
  if (ask === undefined) {
    throw new Failure(
      `ServiceAccount ${holder} has permissions, and nothing here knows how to see what it does with them`,
      "say it in proof/lib/rbac/see.ts",
    );
  }
  try {
    return await ask(address);
  } catch (error) {
    // What fetch throws when nothing listens there, or when the answer takes too long.
    if (error instanceof TypeError || error instanceof DOMException || error instanceof Failure) return undefined;
    throw error;
  }
}

const asks: Readonly<Record<string, (address: string) => Promise<Seen | undefined>>> = {
  prometheus: (address) => targetsAt(hostAndPort(address, 9090)),
  // Its address has a port: it has no pod of its own.
  [outsideAccount]: targetsAt,
  "kube-state-metrics": async (address) => {
    const response = await fetch(`http://${hostAndPort(address, 8080)}/metrics`, {
      signal: AbortSignal.timeout(10_000),
    });
    return response.ok ? seriesIn(await response.text()) : undefined;
  },
};

async function targetsAt(address: string): Promise<Seen> {
  return targetsIn(await prometheusAt(`http://${address}`).targets());
}

/** What a Prometheus says of its targets, by job. */
export function targetsIn(targets: readonly Pick<ActiveTarget, "scrapePool" | "health" | "lastError">[]): Seen {
  const jobs = new Map<string, JobSeen>();
  for (const { scrapePool, health, lastError } of targets) {
    const { up, errors, unscraped } = jobs.get(scrapePool) ?? { up: 0, errors: [], unscraped: 0 };
    jobs.set(scrapePool, {
      up: up + (health === "up" ? 1 : 0),
      errors: health === "down" ? [...errors, lastError].sort() : errors,
      unscraped: unscraped + (health === "unknown" ? 1 : 0),
    });
  }
  return { kind: "targets", jobs };
}

/** The names of the series in an exposition. */
export function seriesIn(exposition: string): Seen {
  const names = exposition.split("\n").flatMap((line) => /^([a-zA-Z_:][\w:]*)[{ ]/.exec(line)?.[1] ?? []);
  return { kind: "series", names: new Set(names) };
}

/** What a busy machine says, and no permission changes. */
const passing = /deadline exceeded|i\/o timeout|connection refused|connection reset/;

/** Whether everything was tried that is there to try, and answered. */
export function isSettled(seen: Seen): boolean {
  if (seen.kind === "series") return true;
  return [...seen.jobs.values()].every(
    ({ unscraped, errors }) => unscraped === 0 && !errors.some((error) => passing.test(error)),
  );
}

/** What a copy lacks that the one with all permissions has; undefined when it lacks nothing. */
export function lossOf(whole: Seen, reduced: Seen): Loss | undefined {
  if (whole.kind === "targets" && reduced.kind === "targets") return targetLoss(whole.jobs, reduced.jobs);
  if (whole.kind === "series" && reduced.kind === "series") return seriesLoss(whole.names, reduced.names);
  throw new Error("copies of different programs are compared");
}

function targetLoss(whole: ReadonlyMap<string, JobSeen>, reduced: ReadonlyMap<string, JobSeen>): Loss | undefined {
  const jobs: string[] = [];
  const effects = new Set<string>();
  for (const [job, { up }] of whole) {
    const left = reduced.get(job);
    if ((left?.up ?? 0) >= up) continue;
    jobs.push(job);
    for (const error of left?.errors ?? []) effects.add(`targets down: ${shortly(error)}`);
    if (left === undefined) effects.add("no targets");
    else if (left.errors.length === 0) effects.add("fewer targets");
  }
  return jobs.length === 0 ? undefined : { jobs, effect: [...effects].join("; ") };
}

function shortly(error: string): string {
  return error.replace(/^server returned HTTP status /, "");
}

function seriesLoss(whole: ReadonlySet<string>, reduced: ReadonlySet<string>): Loss | undefined {
  const lost = [...whole].filter((name) => !reduced.has(name));
  if (lost.length === 0) return undefined;
  // By the kind of objects, also where of all its series a few are given.
  const stem = commonStart(lost).replace(/^(kube_[a-z]+)_.*$/, "$1");
  const left = [...reduced].filter((name) => name === stem || name.startsWith(`${stem}_`));
  const effect = left.length === 0 ? `no series ${stem}_*` : `some of the series ${stem}_*: ${lost.join(", ")}`;
  return { jobs: ["kube-state-metrics"], effect };
}

function commonStart([first = "", ...others]: readonly string[]): string {
  let length = first.length;
  while (!others.every((name) => name.startsWith(first.slice(0, length)))) length--;
  return first.slice(0, length);
}
