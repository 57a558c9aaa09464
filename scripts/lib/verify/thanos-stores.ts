import { parse } from "yaml";
import { Failure } from "../failure.js";
import type { Kubectl } from "../kubectl.js";
import { prometheusBehind } from "../prometheus.js";
import { mountedIn } from "../rendered/mounted.js";
import { ofKind, type Rendered } from "../rendered/objects.js";
import { runs } from "../rendered/prometheus.js";
import { selectedBy } from "../rendered/services.js";
import { partsOfThanos } from "../rendered/thanos.js";
import type { Workload } from "../rendered/workloads.js";
import type { Problem } from "./report.js";

/**
 * A store as Thanos' Querier tells it.
 *
 * Source: https://github.com/thanos-io/thanos/blob/v0.42.4/pkg/query/endpointset.go
 */
export interface Store {
  /** Its address, as the Querier was told it. */
  readonly name: string;
  readonly lastError: string | null;
  readonly labelSets: readonly Readonly<Record<string, string>>[] | null;
}

/** Stores by their kind: `sidecar`, `store`, `query`. One that never answered the Querier is not among them. */
export type Stores = Readonly<Record<string, readonly Store[] | null>>;

/** A Querier of an overlay. */
export interface Querier {
  readonly object: string;
  /** What tells replicas of one Prometheus apart. */
  readonly replicaLabels: readonly string[];
  /** Addresses without which answers are partial. */
  readonly strict: readonly string[];
}

/**
 * Asks every Querier of an overlay for its stores, and says which of them it does not reach, and which it takes for
 * replicas of one another although they are none. Nothing is said where no Querier answers, which its workload tells.
 */
export async function thanosStores(rendered: Pick<Rendered, "objects">, kubectl: Kubectl): Promise<Problem[]> {
  const found = await Promise.all(
    partsOfThanos(rendered, "query").map(async (workload) => {
      const services = ofKind(rendered.objects, "v1/Service");
      const service = services.find((one) => (selectedBy(one, [workload]) ?? []).length > 0);
      const { name = "", namespace = "default" } = service?.metadata ?? {};
      const port = service?.spec?.ports?.find((one) => one.name === "http");
      if (port === undefined) return [];
      try {
        const stores = await prometheusBehind(kubectl, namespace, `${name}:${port.name}`).get<Stores>("stores");
        const querier = querierOf(workload, rendered);
        return [...unreached(querier, stores), ...mistaken(querier, stores)];
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return [];
      }
    }),
  );
  return found.flat();
}

function querierOf(workload: Workload, { objects }: Pick<Rendered, "objects">): Querier {
  const container = workload.containers.find((one) => runs(one, "thanos"));
  const values = (flag: string) =>
    (container?.args ?? []).flatMap((arg) => (arg.startsWith(`${flag}=`) ? arg.slice(flag.length + 1) : []));
  const files = container && mountedIn(container, workload, objects).files;
  const endpoints = values("--endpoint.sd-config-file").flatMap(
    (path): { address: string; strict?: boolean }[] => parse(files?.get(path)?.text ?? "")?.endpoints ?? [],
  );
  return {
    object: workload.object,
    replicaLabels: values("--query.replica-label").flatMap((labels) => labels.split(",")),
    strict: endpoints.flatMap(({ address, strict }) => (strict ? address : [])),
  };
}

/** What is missing in every answer. */
export function unreached({ object, strict }: Querier, stores: Stores): Problem[] {
  const all = Object.values(stores).flatMap((some) => some ?? []);
  return strict.flatMap((address): Problem[] => {
    const store = all.find(({ name }) => name === address);
    if (store !== undefined && store.lastError === null) return [];
    return [
      {
        kind: "partial",
        subject: object,
        reason: `it gets no answer from ${address} (${store?.lastError ?? "not once since it started"}): its own answers lack what that has`,
        cure: `see that ${address} runs and is reached from here, or take it out of the endpoints`,
      },
    ];
  });
}

/**
 * Whom the Querier takes for one although they are two: stores of this cluster with the same external labels, and clusters
 * whose labels differ by the replica alone. A Store Gateway has those of every Prometheus whose blocks it reads.
 */
export function mistaken({ object, replicaLabels }: Querier, stores: Stores): Problem[] {
  const here = new Owners();
  const clusters = new Owners();
  for (const [kind, all] of Object.entries(stores)) {
    if (kind === "store") continue;
    for (const { name, lastError, labelSets } of all ?? []) {
      // One that is gone is listed for some minutes.
      if (lastError !== null) continue;
      for (const labels of labelSets ?? []) {
        if (kind !== "query") here.add(textOf(labels, []), `${kind} ${name}`);
        clusters.add(textOf(labels, replicaLabels), kind === "query" ? `the cluster at ${name}` : "this cluster");
      }
    }
  }
  return [...here.shared(), ...clusters.shared()].map(([labels, all]) => ({
    kind: "duplicate",
    subject: object,
    reason: `${all.join(" and ")} both say {${labels}}: it takes their series for one`,
    cure: "give each cluster a name of its own: the variable CLUSTER of Prometheus in its overlay",
  }));
}

/** Who has which labels. */
class Owners {
  readonly #byLabels = new Map<string, Set<string>>();

  add(labels: string, owner: string): void {
    this.#byLabels.set(labels, (this.#byLabels.get(labels) ?? new Set()).add(owner));
  }

  /** Labels that more than one has. */
  shared(): [labels: string, owners: string[]][] {
    return [...this.#byLabels].flatMap(([labels, owners]) => (owners.size > 1 ? [[labels, [...owners].sort()]] : []));
  }
}

function textOf(labels: Readonly<Record<string, string>>, without: readonly string[]): string {
  return Object.entries(labels)
    .filter(([label]) => !without.includes(label))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(", ");
}
