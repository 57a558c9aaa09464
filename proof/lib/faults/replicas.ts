import type { IPod } from "kubernetes-models/v1/Pod";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";
import { isReady } from "../../../scripts/lib/verify/workload-health.js";
import type { Times } from "./missing.js";

/** One Prometheus of the overlay, as it is now. */
export interface Replica {
  readonly pod: string;
  readonly uid: string;
  readonly node: string;
  /** Of its pod, which the machine reaches. */
  readonly address: string;
  readonly isReady: boolean;
}

/** What tells one target from another. */
export interface TargetLabels {
  readonly job: string;
  readonly instance: string;
  /** The node that it is on or tells of, for jobs that find nodes. */
  readonly node?: string;
}

/** The labels of a target, and when it was scraped successfully. */
export interface Scraped {
  readonly labels: TargetLabels;
  readonly times: Times;
}

export const namespace = "monitoring";

/** The replicas, by the names of their pods; with another selector, other pods that run Prometheus. */
export async function replicasOf(kubectl: Kubectl, selector = "app.kubernetes.io/name=prometheus"): Promise<Replica[]> {
  const args = ["get", "pods", "--namespace", namespace, "--selector", selector];
  const { items } = await kubectl.json<{ items: readonly IPod[] }>(args);
  return items
    .map((pod) => ({
      pod: pod.metadata?.name ?? "",
      uid: pod.metadata?.uid ?? "",
      node: pod.spec?.nodeName ?? "",
      address: pod.status?.podIP ?? "",
      isReady: isReady(pod),
    }))
    .sort((left, right) => left.pod.localeCompare(right.pod));
}

/** What a replica answers to an API call; undefined when it does not answer, or not with success. */
export async function ask<T>({ address }: Pick<Replica, "address">, path: string): Promise<T | undefined> {
  try {
    const response = await fetch(`http://${address}:9090/api/v1/${path}`, {
      signal: AbortSignal.timeout(20_000),
      // A connection that is kept goes on reaching a pod that the Service has long left out.
      headers: { connection: "close" },
    });
    return response.ok ? ((await response.json()) as { data: T }).data : undefined;
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) return undefined;
    throw error;
  }
}

/** The value of an expression that gives one sample; undefined when it gives none, or the replica no answer. */
export async function value(replica: Replica, expression: string, time?: number): Promise<number | undefined> {
  const at = time === undefined ? "" : `&time=${time}`;
  const query = `query?query=${encodeURIComponent(expression)}${at}`;
  const answer = await ask<{ result: readonly { value: readonly [number, string] }[] }>(replica, query);
  const sample = answer?.result[0]?.value[1];
  return sample === undefined ? undefined : Number(sample);
}

/** Every target that a replica has scraped since a time (in seconds), and when it succeeded. */
export async function scrapedSince(replica: Replica, since: number): Promise<Scraped[]> {
  const seconds = Math.ceil(Date.now() / 1000 - since);
  const answer = await ask<{
    result: readonly { metric: TargetLabels; values: readonly (readonly [number, string])[] }[];
  }>(replica, `query?query=${encodeURIComponent(`up[${seconds}s]`)}`);
  return (answer?.result ?? []).map(({ metric, values }) => ({
    labels: metric,
    times: values.filter(([, up]) => up === "1").map(([time]) => time),
  }));
}

/** How many of a replica's targets are up, and how many are not (yet). */
export async function targetsOf(replica: Replica): Promise<{ up: number; other: number } | undefined> {
  const answer = await ask<{ activeTargets: readonly { health: string }[] }>(replica, "targets?state=active");
  if (answer === undefined) return undefined;
  const up = answer.activeTargets.filter(({ health }) => health === "up").length;
  return { up, other: answer.activeTargets.length - up };
}
