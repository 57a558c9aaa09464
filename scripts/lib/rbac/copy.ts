import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import { Failure } from "../failure.js";
import type { Rendered } from "../rendered/objects.js";
import { workloadsOf } from "../rendered/workloads.js";
import type { Binding, Holder, Removal } from "./removals.js";

/** Every object that a proof makes carries it, so that all of them are found again, also after an interruption. */
export const proofLabel = { "plain-prometheus/proof": "rbac" } as const;

/** The kinds of those objects, as kubectl names them. */
export const proofKinds = "pods,serviceaccounts,roles,rolebindings,clusterroles,clusterrolebindings";

/** A pod that does what a holder's own pod does, as another ServiceAccount: with all of its permissions but one. */
export interface Copy {
  readonly name: string;
  readonly holder: Holder;
  /** Undefined for the copy that lacks nothing, which the others are compared with. */
  readonly removal: Removal | undefined;
}

/** The objects of a copy: account, role, bindings and pod, in the holder's own namespace, where it discovers. */
export function objectsOf(copy: Copy, rendered: Rendered): object[] {
  const { name, holder } = copy;
  const metadata = { name, namespace: holder.namespace, labels: proofLabel };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    ...holder.bindings.flatMap((binding, index) => bindingOf(copy, binding, `plain-prometheus:${name}-${index}`)),
    { apiVersion: "v1", kind: "Pod", metadata, spec: podOf(name, holder, rendered) },
  ];
}

function bindingOf({ name, holder, removal }: Copy, binding: Binding, roleName: string): object[] {
  const { kind, namespace, roleRef } = binding;
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const within = namespace !== undefined && { namespace };
  const metadata = { name: roleName, labels: proofLabel, ...within };
  const subjects = [{ kind: "ServiceAccount", name, namespace: holder.namespace }];
  if (removal?.binding !== binding) return [{ apiVersion, kind, metadata, roleRef, subjects }];
  return [
    {
      apiVersion,
      kind: roleRef.kind,
      metadata: { name: roleName, labels: proofLabel, ...(roleRef.kind === "Role" && within) },
      rules: removal.rest,
    },
    { apiVersion, kind, metadata, roleRef: { ...roleRef, name: roleName }, subjects },
  ];
}

/** The holder's own pod, but for what would bind it to one node or one volume, or count it among the real ones. */
function podOf(serviceAccountName: string, holder: Holder, rendered: Rendered): IPodSpec {
  const workload = workloadsOf(rendered).find(
    ({ namespace, pod }) => namespace === holder.namespace && pod.serviceAccountName === holder.name,
  );
  if (workload === undefined) {
    throw new Failure(
      `${rendered.overlay} gives permissions to ServiceAccount ${holder.namespace}/${holder.name}, which no pod runs as`,
      "remove the binding",
    );
  }
  const { topologySpreadConstraints, priorityClassName, ...spec } = workload.pod;
  const containers = spec.containers.map((container) => ({
    ...container,
    resources: { ...container.resources, requests: { cpu: "1m", memory: "16Mi" } },
  }));
  const data = workload.claims.map(({ metadata }) => ({ name: metadata?.name ?? "", emptyDir: {} }));
  const volumes = [...(spec.volumes ?? []), ...data];
  return { ...spec, serviceAccountName, containers, volumes, terminationGracePeriodSeconds: 1 };
}
