import { ClusterRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole";
import { ClusterRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding";
import { Role } from "kubernetes-models/rbac.authorization.k8s.io/v1/Role";
import { RoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding";
import { accessOf, sum } from "../derive/access.js";
import { clusterScopedName } from "../lib/cluster-scoped-name.js";
import type { KubernetesObject } from "../lib/component.js";
import { labels } from "../lib/labels.js";
import type { ScrapeJob } from "./types.js";

const name = "prometheus";
const apiGroup = "rbac.authorization.k8s.io";

/**
 * Roles and bindings that let Prometheus do what the jobs need, and nothing else.
 *
 * What holds in the own namespace is a Role, which moves along with it. What a job names in another namespace goes into
 * the ClusterRole, because an overlay's `namespace:` would carry a Role away from where it has to be.
 */
export function access(jobs: readonly ScrapeJob[], namespace: string): KubernetesObject[] {
  const grants = jobs.flatMap(({ config }) => accessOf(config));
  const own = grants.filter(({ scope }) => scope === "own namespace");
  const elsewhere = grants.filter(({ scope }) => scope !== "own namespace");
  const common = labels(name, "server");
  const clusterWide = { name: clusterScopedName(name), labels: common };
  const namespaced = { name, namespace, labels: common };
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  return [
    new ClusterRole({ metadata: clusterWide, rules: sum(elsewhere) }),
    new ClusterRoleBinding({
      metadata: clusterWide,
      roleRef: { apiGroup, kind: "ClusterRole", name: clusterWide.name },
      subjects,
    }),
    new Role({ metadata: namespaced, rules: sum(own) }),
    new RoleBinding({ metadata: namespaced, roleRef: { apiGroup, kind: "Role", name }, subjects }),
  ];
}
