import { outsideAccount } from "../../../generators/bare-metal/access.js";
import type { Rendered } from "../../../scripts/lib/rendered/objects.js";
import { podCopy } from "./pod-copy.js";
import type { Binding, Holder, Removal } from "./removals.js";

/** Every object that a proof makes carries it, so that all of them are found again, also after an interruption. */
export const proofLabel = { "plain-prometheus/proof": "rbac" } as const;

/** The kinds of those objects, as kubectl names them. */
export const proofKinds =
  "nodes,networkpolicies,pods,serviceaccounts,roles,rolebindings,clusterroles,clusterrolebindings";

/** A pod, or a program outside, that does what a holder's own does, as another ServiceAccount: with all of its permissions but one. */
export interface Copy {
  readonly name: string;
  readonly holder: Holder;
  /** Undefined for the copy that lacks nothing, which the others are compared with. */
  readonly removal: Removal | undefined;
}

/** Whether a copy runs as a program of this machine, with a token, as the real one does. */
export function isOutside({ holder }: Copy): boolean {
  return holder.name === outsideAccount;
}

/** The objects of a copy: account, role, bindings and, unless it is outside, pod, in the holder's own namespace, where it discovers. */
export function objectsOf(copy: Copy, rendered: Rendered): object[] {
  const { name, holder } = copy;
  const metadata = { name, namespace: holder.namespace, labels: proofLabel };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    ...holder.bindings.flatMap((binding, index) => bindingOf(copy, binding, `plain-prometheus:${name}-${index}`)),
    ...(isOutside(copy)
      ? []
      : [
          { apiVersion: "v1", kind: "Pod", metadata, spec: { ...podCopy(rendered, holder), serviceAccountName: name } },
        ]),
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
