import { outsideAccount } from "../../../generators/bare-metal/access.js";
import { nodeAgents } from "../../../generators/components/agent-on-nodes.js";
import { port } from "../../../generators/prometheus/pod.js";
import { hostAndPort } from "../../../scripts/lib/address.js";
import { Failure } from "../../../scripts/lib/failure.js";
import { type ActiveTarget, prometheusAt } from "../../../scripts/lib/prometheus.js";

/** What a copy has: of Prometheus each target, of kube-state-metrics the names of its series. */
export type Seen =
  | { readonly kind: "targets"; readonly targets: ReadonlyMap<string, TargetSeen> }
  | { readonly kind: "series"; readonly names: ReadonlySet<string> };

interface TargetSeen {
  readonly job: string;
  /** `up`, or what Prometheus says against it. Undefined while no scrape has told. */
  readonly verdict: string | undefined;
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
  prometheus: (address) => targetsAt(hostAndPort(address, port.number)),
  [nodeAgents]: (address) => targetsAt(hostAndPort(address, port.number)),
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

/** What a Prometheus says of its targets. */
export function targetsIn(
  targets: readonly Pick<ActiveTarget, "scrapePool" | "scrapeUrl" | "labels" | "health" | "lastError">[],
): Seen {
  return {
    kind: "targets",
    targets: new Map(
      targets.map(({ scrapePool, scrapeUrl, labels, health, lastError }) => {
        const isTold = health === "up" || (health === "down" && !passing.test(lastError));
        const verdict = isTold ? (health === "up" ? health : lastError) : undefined;
        return [`${scrapePool} ${scrapeUrl} ${JSON.stringify(labels)}`, { job: scrapePool, verdict }];
      }),
    ),
  };
}

/** The names of the series in an exposition. */
export function seriesIn(exposition: string): Seen {
  const names = exposition.split("\n").flatMap((line) => /^([a-zA-Z_:][\w:]*)[{ ]/.exec(line)?.[1] ?? []);
  return { kind: "series", names: new Set(names) };
}

/** What a busy machine says, and no permission changes. */
const passing = /deadline exceeded|i\/o timeout|connection refused|connection reset/;

/** What is seen now and, of a target of which this look tells nothing, what the one before told. */
export function remembering(seen: Seen, before: Seen | undefined): Seen {
  if (seen.kind === "series" || before?.kind !== "targets") return seen;
  return {
    kind: "targets",
    targets: new Map(
      [...seen.targets].map(([key, { job, verdict }]) => [
        key,
        { job, verdict: verdict ?? before.targets.get(key)?.verdict },
      ]),
    ),
  };
}

/** The jobs that have a target of which no scrape has told yet whether it may be scraped. */
export function untold(seen: Seen): readonly string[] {
  if (seen.kind === "series") return [];
  return [...new Set([...seen.targets.values()].flatMap(({ job, verdict }) => (verdict === undefined ? [job] : [])))];
}

/** What a copy lacks that the one with all permissions has; undefined when it lacks nothing. */
export function lossOf(whole: Seen, reduced: Seen): Loss | undefined {
  if (whole.kind === "targets" && reduced.kind === "targets") return targetLoss(whole.targets, reduced.targets);
  if (whole.kind === "series" && reduced.kind === "series") return seriesLoss(whole.names, reduced.names);
  throw new Error("copies of different programs are compared");
}

type Targets = ReadonlyMap<string, TargetSeen>;

function targetLoss(whole: Targets, reduced: Targets): Loss | undefined {
  const jobs: string[] = [];
  const effects = new Set<string>();
  const verdictsOf = (targets: Targets, job: string) =>
    [...targets.values()].flatMap((target) => (target.job === job ? (target.verdict ?? []) : []));
  for (const job of new Set([...whole.values()].map((target) => target.job))) {
    const [before, left] = [verdictsOf(whole, job), verdictsOf(reduced, job)];
    const isUp = (verdict: string) => verdict === "up";
    if (left.filter(isUp).length >= before.filter(isUp).length) continue;
    jobs.push(job);
    const errors = left.filter((verdict) => !isUp(verdict)).sort();
    for (const error of errors) effects.add(`targets down: ${shortly(error)}`);
    if (left.length === 0) effects.add("no targets");
    else if (errors.length === 0) effects.add("fewer targets");
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
