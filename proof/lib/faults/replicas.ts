import type { IPod } from "kubernetes-models/v1/Pod";
import { hostAndPort } from "../../../scripts/lib/address.js";
import { Failure } from "../../../scripts/lib/failure.js";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";
import { type PrometheusApi, prometheusAt, type RangeSeries } from "../../../scripts/lib/prometheus.js";
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

/** What a replica answers; undefined when it does not answer, or not with success. */
export async function ask<T>(
  { address }: Pick<Replica, "address">,
  question: (api: PrometheusApi) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await question(prometheusAt(`http://${hostAndPort(address, 9090)}`));
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** What a replica says of itself; undefined when it does not answer. */
export function runtimeInfo(
  replica: Pick<Replica, "address">,
): Promise<{ readonly hostname: string; readonly reloadConfigSuccess: boolean } | undefined> {
  return ask(replica, (api) => api.get("status/runtimeinfo"));
}

/** The value of an expression that gives one sample; undefined when it gives none, or the replica no answer. */
export async function value(replica: Replica, expression: string, time?: number): Promise<number | undefined> {
  const [sample] = (await ask(replica, (api) => api.instant(expression, time))) ?? [];
  return sample && Number(sample.value[1]);
}

/** Every target that a replica has scraped since a time (in seconds), and when it succeeded. */
export async function scrapedSince(replica: Replica, since: number): Promise<Scraped[]> {
  const query = `up[${Math.ceil(Date.now() / 1000 - since)}s]`;
  const answer = await ask(replica, (api) =>
    api.get<{ result: readonly (RangeSeries & { metric: TargetLabels })[] }>("query", { query }),
  );
  return (answer?.result ?? []).map(({ metric, values }) => ({
    labels: metric,
    times: values.filter(([, up]) => up === "1").map(([time]) => time),
  }));
}

/** How many of a replica's targets are up, and how many are not (yet). */
export async function targetsOf(replica: Replica): Promise<{ up: number; other: number } | undefined> {
  const targets = await ask(replica, (api) => api.targets());
  if (targets === undefined) return undefined;
  const up = targets.filter(({ health }) => health === "up").length;
  return { up, other: targets.length - up };
}
