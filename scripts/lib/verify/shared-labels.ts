import { Failure } from "../failure.js";
import type { Kubectl } from "../kubectl.js";
import { prometheusBehind } from "../prometheus.js";
import { ofKind, type Rendered } from "../rendered/objects.js";
import { selectedBy } from "../rendered/services.js";
import { partsOfThanos } from "../rendered/thanos.js";
import type { Problem } from "./report.js";

/**
 * A store as Thanos' Querier tells it, by its kind.
 *
 * Source: https://github.com/thanos-io/thanos/blob/v0.42.4/pkg/query/endpointset.go
 */
export interface Store {
  readonly name: string;
  readonly lastError: string | null;
  readonly labelSets: readonly Readonly<Record<string, string>>[] | null;
}

type Stores = Readonly<Record<string, readonly Store[] | null>>;

/**
 * Asks every Querier of an overlay for its stores, and says which of them it takes for replicas of one another: two
 * Prometheus with the same external labels, of one cluster or of two. Nothing is said where no Querier answers, which its
 * workload tells.
 */
export async function sharedLabels(rendered: Pick<Rendered, "objects">, kubectl: Kubectl): Promise<Problem[]> {
  const found = await Promise.all(
    partsOfThanos(rendered, "query").map(async (workload) => {
      const services = ofKind(rendered.objects, "v1/Service");
      const service = services.find((one) => (selectedBy(one, [workload]) ?? []).length > 0);
      const { name = "", namespace = "default" } = service?.metadata ?? {};
      const port = service?.spec?.ports?.find((one) => one.name === "http");
      if (port === undefined) return [];
      try {
        const stores = await prometheusBehind(kubectl, namespace, `${name}:${port.name}`).get<Stores>("stores");
        return problemsOfStores(workload.object, stores);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return [];
      }
    }),
  );
  return found.flat();
}

/** The external labels that more than one store has. A Store Gateway has those of every Prometheus whose blocks it reads. */
export function problemsOfStores(querier: string, stores: Stores): Problem[] {
  const owners = new Map<string, Set<string>>();
  for (const [kind, all] of Object.entries(stores)) {
    if (kind === "store") continue;
    for (const { name, lastError, labelSets } of all ?? []) {
      // One that is gone is listed for some minutes.
      if (lastError !== null) continue;
      for (const labels of labelSets ?? []) {
        const text = Object.entries(labels)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
          .join(", ");
        owners.set(text, (owners.get(text) ?? new Set()).add(`${kind} ${name}`));
      }
    }
  }
  return [...owners]
    .filter(([, all]) => all.size > 1)
    .map(([labels, all]) => ({
      kind: "duplicate",
      subject: querier,
      reason: `${[...all].sort().join(" and ")} both say {${labels}}: it takes their series for one`,
      cure: "give each cluster a name of its own: the variable CLUSTER of Prometheus in its overlay",
    }));
}
