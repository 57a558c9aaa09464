import { isDeclared, orDeclare } from "../rendered/declared.js";
import { find, nameOf, ofKind } from "../rendered/objects.js";
import type { Check } from "./check.js";

/** Every binding has the role that it refers to, and the ServiceAccounts that it is for. */
export const bindings: Check = {
  name: "bindings",
  run: async (rendered) => {
    const { objects } = rendered;
    return [
      ...ofKind(objects, "rbac.authorization.k8s.io/v1/ClusterRoleBinding"),
      ...ofKind(objects, "rbac.authorization.k8s.io/v1/RoleBinding"),
    ].flatMap((binding) => {
      const object = nameOf(binding);
      const { kind, name } = binding.roleRef;
      const role =
        kind === "ClusterRole"
          ? find(objects, "rbac.authorization.k8s.io/v1/ClusterRole", name, undefined)
          : find(objects, "rbac.authorization.k8s.io/v1/Role", name, binding.metadata.namespace);
      // Every cluster brings the roles of this prefix along.
      const named = kind === "ClusterRole" ? `ClusterRole ${name}` : `Role ${binding.metadata.namespace}/${name}`;
      const isBuiltIn = kind === "ClusterRole" && name.startsWith("system:");
      const missing = role === undefined && !isBuiltIn && !isDeclared(rendered, named);
      return [
        ...(missing
          ? [
              {
                object,
                message: `grants ${kind} ${name}, which the overlay does not render`,
                fix: `correct roleRef.name; a Role must be in the namespace of its binding${orDeclare(named)}`,
              },
            ]
          : []),
        ...(binding.subjects ?? [])
          .filter((subject) => subject.kind === "ServiceAccount")
          .filter((subject) => !find(objects, "v1/ServiceAccount", subject.name, subject.namespace))
          .filter((subject) => !isDeclared(rendered, `ServiceAccount ${subject.namespace}/${subject.name}`))
          .map((subject) => ({
            object,
            message: `is for ServiceAccount ${subject.namespace}/${subject.name}, which the overlay does not render`,
            fix: "patch the subject's namespace: Kustomize moves it only together with the account's own kustomization",
          })),
      ];
    });
  },
};
