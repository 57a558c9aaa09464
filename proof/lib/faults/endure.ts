import { setTimeout as sleep } from "node:timers/promises";
import type { IPod } from "kubernetes-models/v1/Pod";
import { hostAndPort } from "../../../scripts/lib/address.js";
import { isReady } from "../../../scripts/lib/verify/workload-health.js";
import { type Asked, startAsking } from "./asking.js";
import { type Block, seriesOfBlock } from "./blocks.js";
import { missingSeconds, together } from "./missing.js";
import {
  type Replica,
  replicasOf,
  runtimeInfo,
  type Scraped,
  scrapedSince,
  type TargetLabels,
  targetsOf,
  value,
} from "./replicas.js";
import { type Testbed, until } from "./testbed.js";

/** Something that goes wrong in a cluster, and what may be lost by it. */
export interface Fault {
  /** As docs/reliability.md has it. */
  readonly name: string;
  /** Brings about what the fault needs. */
  readonly prepare?: (testbed: Testbed) => Promise<void>;
  /** Makes it happen, and ends with it: what then still has to recover is measured. */
  readonly cause: (testbed: Testbed) => Promise<Struck | undefined>;
  /**
   * Whether the samples of a target may be missing from all replicas at once, beside those of pods that were struck; by
   * default no target's may.
   */
  readonly mayMiss?: (labels: TargetLabels) => boolean;
}

/** What a fault keeps from working for a while. */
export interface Struck {
  /** Pods: nobody can scrape them while the fault lasts. */
  readonly addresses: readonly string[];
  /** When, in milliseconds, the Service had left them out: no query may fail from then on. */
  readonly leftOutAt: number;
}

/** What a fault did. */
export interface Endured {
  readonly fault: Pick<Fault, "name">;
  /** Seconds without samples, by job: the most that a target has in any one replica, and in all of them together. */
  readonly missing: readonly { readonly job: string; readonly inOne: number; readonly inAll: number }[];
  /** Targets that miss samples in all replicas at once, and may not. */
  readonly unexpected: readonly string[];
  /** Through the Service; undefined where none were asked. */
  readonly queries: Queries | undefined;
  /** Seconds from the end of the cause until every pod of the bundle was ready. */
  readonly readyAfter: number;
  /** Seconds from then on until every target of every replica was up. */
  readonly upAfter: number;
  /** What is broken in the data. */
  readonly damage: readonly string[];
  /** Seconds from one scrape to the next. */
  readonly scrapeInterval: number;
}

/** How many queries were asked, failed, and failed although what does not work was left out already. */
export interface Queries {
  readonly asked: number;
  readonly failed: number;
  readonly failedAfterNotice: number | undefined;
}

/** kube-proxy is told by the EndpointSlice a moment after the readiness of a pod changed. */
const proxyMilliseconds = 2_000;

/** Before and after a fault there are the samples of that many scrapes. */
const margin = 2;

/** Causes a fault, waits until everything is as before, and says what was lost. */
export async function endure(fault: Fault, testbed: Testbed, blocks: readonly Block[]): Promise<Endured> {
  const { cluster, scrapeInterval } = testbed;
  const marginSeconds = margin * scrapeInterval;
  await fault.prepare?.(testbed);
  const expected = await untilWhole(testbed);
  const since = Date.now() / 1000 - marginSeconds;
  const asking = startAsking(testbed.service);
  try {
    const struck = await fault.cause(testbed);
    const caused = Date.now();
    await until(
      "every pod is ready",
      async () => (await readyOf(testbed)).length === expected.replicas && (await allReady(testbed)),
    );
    const ready = Date.now();
    await until("every target of every replica is up", async () => {
      const targets = await Promise.all((await readyOf(testbed)).map(targetsOf));
      return (
        targets.length === expected.replicas &&
        targets.every((found) => found?.other === 0 && found.up === expected.targets)
      );
    });
    const up = Date.now();
    await sleep(marginSeconds * 1000);
    const replicas = await replicasOf(cluster.kubectl);
    const scraped = await Promise.all(replicas.map((replica) => scrapedSince(replica, since)));
    const mayMiss = (labels: TargetLabels) => isAt(labels, struck?.addresses) || (fault.mayMiss?.(labels) ?? false);
    return {
      fault,
      ...missingIn(scraped, since, Date.now() / 1000 - scrapeInterval, scrapeInterval, mayMiss),
      queries: summary(asking.asked, struck?.leftOutAt),
      readyAfter: (ready - caused) / 1000,
      upAfter: (up - ready) / 1000,
      damage: (await Promise.all(replicas.map((replica) => damageTo(replica, blocks)))).flat(),
      scrapeInterval,
    };
  } finally {
    await asking.stop();
  }
}

/** How many replicas there are and how many targets each of them has, once all are up. */
export async function untilWhole(testbed: Testbed): Promise<{ replicas: number; targets: number }> {
  let found: (number | undefined)[] = [];
  await until("every replica is ready and has all its targets up", async () => {
    found = await Promise.all(
      (await replicasOf(testbed.cluster.kubectl)).map(async (replica) => {
        const targets = await targetsOf(replica);
        return replica.isReady && targets?.other === 0 ? targets.up : undefined;
      }),
    );
    return found.length > 1 && found[0] !== undefined && found[0] > 0 && new Set(found).size === 1;
  });
  return { replicas: found.length, targets: found[0] ?? 0 };
}

/** The replicas that are ready by Kubernetes' word and by their own. */
async function readyOf({ cluster }: Testbed): Promise<Replica[]> {
  const ready: Replica[] = [];
  for (const replica of await replicasOf(cluster.kubectl)) {
    if (replica.isReady && (await runtimeInfo(replica)) !== undefined) ready.push(replica);
  }
  return ready;
}

async function allReady({ cluster }: Testbed): Promise<boolean> {
  const ours = ["--all-namespaces", "--selector", "app.kubernetes.io/part-of=plain-prometheus"];
  const { items } = await cluster.kubectl.json<{ items: readonly IPod[] }>(["get", "pods", ...ours]);
  return items.length > 0 && items.every(isReady);
}

/** What is missing of the targets that are the same before and after, all times in seconds. */
export function missingIn(
  replicas: readonly (readonly Scraped[])[],
  since: number,
  end: number,
  scrapeInterval: number,
  mayMiss: Fault["mayMiss"] = () => false,
): Pick<Endured, "missing" | "unexpected"> {
  const jobs = new Map<string, { inOne: number; inAll: number }>();
  const unexpected: string[] = [];
  for (const labels of targetsIn(replicas)) {
    const times = replicas.map((replica) => replica.find((one) => isSame(one.labels, labels))?.times ?? []);
    const all = together(times);
    // A pod that comes back with another address is another target, which the count of targets has seen to.
    const marginSeconds = margin * scrapeInterval;
    if ((all[0] ?? end) > since + marginSeconds || (all.at(-1) ?? since) < end - marginSeconds) continue;
    const inOne = Math.max(...times.map((own) => missingSeconds(own, since, end, scrapeInterval)));
    const inAll = missingSeconds(all, since, end, scrapeInterval);
    const before = jobs.get(labels.job) ?? { inOne: 0, inAll: 0 };
    jobs.set(labels.job, { inOne: Math.max(inOne, before.inOne), inAll: Math.max(inAll, before.inAll) });
    if (inAll > 0 && !mayMiss(labels)) unexpected.push(`${labels.job} of ${labels.instance}`);
  }
  const missing = [...jobs].map(([job, seconds]) => ({ job, ...seconds }));
  return { missing: missing.sort((left, right) => left.job.localeCompare(right.job)), unexpected };
}

function targetsIn(replicas: readonly (readonly Scraped[])[]): TargetLabels[] {
  const all = replicas.flat().map(({ labels }) => [`${labels.job} ${labels.instance}`, labels] as const);
  return [...new Map(all).values()];
}

function isSame(left: TargetLabels, right: TargetLabels): boolean {
  return left.job === right.job && left.instance === right.instance;
}

/** Whether a target is at one of some addresses, whatever its port. */
export function isAt({ instance }: Pick<TargetLabels, "instance">, addresses: readonly string[] = []): boolean {
  return addresses.includes(instance.slice(0, instance.lastIndexOf(":")));
}

function summary(asked: readonly Asked[], leftOutAt: number | undefined): Queries {
  const failed = asked.filter(({ problem }) => problem !== undefined);
  return {
    asked: asked.length,
    failed: failed.length,
    failedAfterNotice: leftOutAt && failed.filter(({ at }) => at > leftOutAt + proxyMilliseconds).length,
  };
}

/** Prometheus' own word on its data, and a look at samples of long ago. */
async function damageTo(replica: Replica, blocks: readonly Block[]): Promise<string[]> {
  const damage: string[] = [];
  const failures = await value(
    replica,
    `sum({__name__=~"prometheus_tsdb_.*(corruptions|failed|failures)_total", instance="${hostAndPort(replica.address, 9090)}"})`,
  );
  if (failures !== 0) damage.push(`${replica.pod} counts ${failures} corruptions and failures`);
  for (const { time, series } of blocks) {
    const found = await value(replica, seriesOfBlock, time);
    if (found !== series)
      damage.push(`${replica.pod} has ${found ?? 0} of ${series} series of ${new Date(time * 1000).toISOString()}`);
  }
  return damage;
}
