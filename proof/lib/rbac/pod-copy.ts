import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import { Failure } from "../../../scripts/lib/failure.js";
import type { Rendered } from "../../../scripts/lib/rendered/objects.js";
import { workloadsOf } from "../../../scripts/lib/rendered/workloads.js";

/**
 * The pod that runs as a ServiceAccount, to run once more beside the real one: without what would bind it to a volume or
 * keep it from the real one's node, and asking for next to nothing.
 *
 * @throws Failure when no pod of the overlay runs as that account.
 */
export function podCopy(rendered: Rendered, account: { readonly name: string; readonly namespace: string }): IPodSpec {
  const workload = workloadsOf(rendered).find(
    ({ namespace, pod }) => namespace === account.namespace && pod.serviceAccountName === account.name,
  );
  if (workload === undefined) {
    throw new Failure(
      `${rendered.overlay} has ServiceAccount ${account.namespace}/${account.name}, which no pod runs as`,
      "remove the account and its bindings",
    );
  }
  const { topologySpreadConstraints, priorityClassName, ...spec } = workload.pod;
  // No Service leads to a copy, so it need not go on answering while it ends.
  const containers = spec.containers.map(({ lifecycle, ...container }) => ({
    ...container,
    resources: { ...container.resources, requests: { cpu: "1m", memory: "16Mi" } },
  }));
  const data = workload.claims.map(({ metadata }) => ({ name: metadata?.name ?? "", emptyDir: {} }));
  return { ...spec, containers, volumes: [...(spec.volumes ?? []), ...data], terminationGracePeriodSeconds: 1 };
}
