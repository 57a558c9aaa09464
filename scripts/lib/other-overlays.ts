import type { IDaemonSet } from "kubernetes-models/apps/v1/DaemonSet";
import type { IClusterRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding";
import { Failure } from "./failure.js";
import type { Kubectl } from "./kubectl.js";
import { nameOf, ofKind, type Rendered, type RenderedObject } from "./rendered/objects.js";
import { workloadsOf } from "./rendered/workloads.js";

/** Something of an overlay that another one in the cluster has already, so that applying takes it away from that one. */
interface Taken {
  /** `ClusterRoleBinding plain-prometheus:prometheus`, `port 9100 of the nodes`. */
  readonly what: string;
  /** `ServiceAccount monitoring/prometheus`, `DaemonSet monitoring/node-exporter`. */
  readonly by: string;
}

export const cureOfTaken =
  "take the other overlay away first (kubectl delete -k), or let the two share a cluster as docs/several-overlays.md shows";

/** What an overlay has in common with others that run in the cluster: names without a namespace, and ports of the nodes. */
export async function takenByOthers({ objects }: Pick<Rendered, "objects">, kubectl: Kubectl): Promise<Taken[]> {
  const own = new Set(objects.map(({ kind, metadata }) => (kind === "Namespace" ? metadata.name : metadata.namespace)));
  const [workloads, bindings] = await Promise.all([
    listed(kubectl, "daemonsets,deployments,statefulsets"),
    listed(kubectl, "clusterrolebindings,rolebindings"),
  ]);
  const others = workloads.filter(({ metadata }) => !own.has(metadata.namespace)) as (RenderedObject & IDaemonSet)[];
  const runsAs = (namespace: string | undefined, name: string) =>
    others.some(
      ({ metadata, spec }) =>
        metadata.namespace === namespace && (spec?.template.spec?.serviceAccountName ?? "default") === name,
    );
  const mine = new Set(bindingsOf(objects).map(nameOf));
  const bound = bindingsOf(bindings)
    .filter((binding) => mine.has(nameOf(binding)))
    .flatMap((binding) =>
      (binding.subjects ?? [])
        .filter(({ kind, name, namespace }) => kind === "ServiceAccount" && runsAs(namespace, name))
        .map(({ name, namespace }) => ({ what: nameOf(binding), by: `ServiceAccount ${namespace}/${name}` })),
    );
  const classes = ofKind(objects, "scheduling.k8s.io/v1/PriorityClass").flatMap((priority) =>
    others
      .filter(({ spec }) => spec?.template.spec?.priorityClassName === priority.metadata.name)
      .map((other) => ({ what: nameOf(priority), by: nameOf(other) })),
  );
  const wanted = hostPortsOf(workloadsOf({ objects }).flatMap(({ containers }) => containers));
  const ports = others.flatMap((other) =>
    hostPortsOf(other.spec?.template.spec?.containers ?? [])
      .filter((port) => wanted.includes(port))
      .map((port) => ({ what: `port ${port} of the nodes`, by: nameOf(other) })),
  );
  return [...bound, ...classes, ...ports];
}

/** @throws Failure that names everything that applying would take from another overlay. */
export async function requireNothingTaken(rendered: Rendered, kubectl: Kubectl): Promise<void> {
  const taken = await takenByOthers(rendered, kubectl);
  if (taken.length === 0) return;
  const lines = taken.map(({ what, by }) => `  ${what}: ${by} has it`);
  throw new Failure(
    `${rendered.overlay} is not applied: another overlay of this cluster has\n${lines.join("\n")}`,
    cureOfTaken,
  );
}

function bindingsOf(objects: readonly RenderedObject[]): (RenderedObject & IClusterRoleBinding)[] {
  return [
    ...ofKind(objects, "rbac.authorization.k8s.io/v1/ClusterRoleBinding"),
    ...ofKind(objects, "rbac.authorization.k8s.io/v1/RoleBinding"),
  ] as (RenderedObject & IClusterRoleBinding)[];
}

function hostPortsOf(containers: readonly { ports?: readonly { hostPort?: number }[] }[]): number[] {
  return containers.flatMap(({ ports = [] }) => ports.flatMap(({ hostPort }) => hostPort ?? []));
}

async function listed(kubectl: Kubectl, kinds: string): Promise<readonly RenderedObject[]> {
  const args = ["get", kinds, "--all-namespaces", "--request-timeout=20s"];
  return (await kubectl.json<{ items: readonly RenderedObject[] }>(args)).items;
}
