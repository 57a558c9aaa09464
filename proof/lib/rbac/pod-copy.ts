import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IVolume } from "kubernetes-models/v1/Volume";
import { configMaps, shardLabel } from "../../../generators/prometheus/pod.js";
import { names as thanos } from "../../../generators/thanos/names.js";
import { Failure } from "../../../scripts/lib/failure.js";
import type { Rendered } from "../../../scripts/lib/rendered/objects.js";
import { workloadsOf } from "../../../scripts/lib/rendered/workloads.js";

/**
 * The pod that runs as a ServiceAccount, to run once more beside the real one: without what would bind it to a volume or
 * keep it from the real one's node, and asking for next to nothing. Where Prometheus shares its targets among shards, the
 * copy scrapes all of them. Thanos' sidecar is not copied: it would upload.
 *
 * @throws Failure when no pod of the overlay runs as that account.
 */
export function podCopy(rendered: Rendered, account: { readonly name: string; readonly namespace: string }): IPodSpec {
  const workload = workloadsOf(rendered).find(
    ({ namespace, pod, labels }) =>
      namespace === account.namespace && pod.serviceAccountName === account.name && !(shardLabel in labels),
  );
  if (workload === undefined) {
    throw new Failure(
      `${rendered.overlay} has ServiceAccount ${account.namespace}/${account.name}, which no pod runs as`,
      "remove the account and its bindings",
    );
  }
  const { topologySpreadConstraints, priorityClassName, ...spec } = workload.pod;
  // No Service leads to a copy, so it need not go on answering while it ends.
  const containers = spec.containers
    .filter(({ name }) => name !== thanos.sidecar)
    .map(({ lifecycle, ...container }) => ({
      ...container,
      resources: { ...container.resources, requests: { cpu: "1m", memory: "16Mi" } },
    }));
  const mounted = containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
  const data = workload.claims.map(({ metadata }) => ({ name: metadata?.name ?? "", emptyDir: {} }));
  const volumes = [...(spec.volumes ?? []), ...data].filter(({ name }) => mounted.includes(name)).map(withEveryJob);
  return { ...spec, containers, volumes, terminationGracePeriodSeconds: 1 };
}

/** The Prometheus before shards reads one file of the jobs alone. */
function withEveryJob({ configMap, ...volume }: IVolume): IVolume {
  if (configMap?.name !== configMaps.scrape) return { ...volume, ...(configMap && { configMap }) };
  const { items: _, ...whole } = configMap;
  return { ...volume, configMap: whole };
}
