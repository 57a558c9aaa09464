import type { IPolicyRule } from "kubernetes-models/rbac.authorization.k8s.io/v1/PolicyRule";
import type { IRoleRef } from "kubernetes-models/rbac.authorization.k8s.io/v1/RoleRef";
import { ofKind, type Rendered } from "../../../scripts/lib/rendered/objects.js";

/** A ServiceAccount, and what gives it permissions. */
export interface Holder {
  readonly name: string;
  readonly namespace: string;
  readonly bindings: readonly Binding[];
}

/** A binding that gives a role to a holder. */
export interface Binding {
  readonly kind: "ClusterRoleBinding" | "RoleBinding";
  /** Where it holds; undefined for everywhere. */
  readonly namespace: string | undefined;
  readonly roleRef: IRoleRef;
}

/** One permission, about one resource or one path, taken away from its holder and from nothing else. */
export interface Removal {
  readonly holder: Holder;
  readonly permission: IPolicyRule;
  /** The binding through which the holder has it. */
  readonly binding: Binding;
  /** What is left of that binding's role. */
  readonly rest: readonly IPolicyRule[];
}

/** Every ServiceAccount that has a permission. */
export function holdersIn({ objects }: Pick<Rendered, "objects">): Holder[] {
  const found = new Map<string, Holder>();
  const all = [
    ...ofKind(objects, "rbac.authorization.k8s.io/v1/ClusterRoleBinding"),
    ...ofKind(objects, "rbac.authorization.k8s.io/v1/RoleBinding"),
  ];
  for (const { kind, metadata, subjects = [], roleRef } of all) {
    const binding: Binding = { kind: kind as Binding["kind"], namespace: metadata.namespace, roleRef };
    for (const { name, namespace = "" } of subjects) {
      const key = `${namespace}/${name}`;
      found.set(key, { name, namespace, bindings: [...(found.get(key)?.bindings ?? []), binding] });
    }
  }
  return [...found.values()];
}

/** Every way to take one permission away from a ServiceAccount of the overlay. */
export function removalsOf(holder: Holder, rendered: Pick<Rendered, "objects">): Removal[] {
  return holder.bindings.flatMap((binding) =>
    splits(rulesOf(rendered, binding)).map(({ permission, rest }) => ({ holder, permission, binding, rest })),
  );
}

/** Each permission of a role, and what is left of the role without it. */
export function splits(rules: readonly IPolicyRule[]): { permission: IPolicyRule; rest: IPolicyRule[] }[] {
  return rules.flatMap((rule, index) => {
    const others = rules.filter((_, at) => at !== index);
    return (["resources", "nonResourceURLs"] as const).flatMap((field) => {
      const all = rule[field] ?? [];
      return all.map((one) => {
        const left = all.filter((other) => other !== one);
        return {
          permission: { ...rule, [field]: [one] },
          rest: left.length === 0 ? others : [...others, { ...rule, [field]: left }],
        };
      });
    });
  });
}

function rulesOf({ objects }: Pick<Rendered, "objects">, { namespace, roleRef }: Binding): readonly IPolicyRule[] {
  const roles =
    roleRef.kind === "ClusterRole"
      ? ofKind(objects, "rbac.authorization.k8s.io/v1/ClusterRole")
      : ofKind(objects, "rbac.authorization.k8s.io/v1/Role").filter(({ metadata }) => metadata.namespace === namespace);
  return roles.find(({ metadata }) => metadata.name === roleRef.name)?.rules ?? [];
}
