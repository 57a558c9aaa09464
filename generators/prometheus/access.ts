import { ClusterRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole";
import { ClusterRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding";
import { Role } from "kubernetes-models/rbac.authorization.k8s.io/v1/Role";
import { RoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding";
import { accessOf, type Grant, sum } from "../derive/access.js";
import { clusterScopedName } from "../lib/cluster-scoped-name.js";
import type { Component, KubernetesObject } from "../lib/component.js";
import { labels } from "../lib/labels.js";
import type { ScrapeJob } from "./types.js";

const name = "prometheus";
const apiGroup = "rbac.authorization.k8s.io";
const common = labels(name, "server");

/** Name of Prometheus' objects outside its own namespace. */
export const nameElsewhere = clusterScopedName(name);

/**
 * Roles and bindings that let Prometheus do what the jobs need, and nothing else.
 *
 * What holds in the own namespace is a Role, which moves along with it. What a job names in another namespace goes into
 * the ClusterRole, because an overlay's `namespace:` would carry a Role away from where it has to be. An overlay that
 * keeps its namespaces apart takes {@link accessElsewhere} and `components/namespaced-access` instead.
 */
export function access(jobs: readonly ScrapeJob[], namespace: string): KubernetesObject[] {
  const elsewhere = grantsOf(jobs).filter(({ scope }) => scope !== "own namespace");
  const metadata = { name: nameElsewhere, labels: common };
  return [
    new ClusterRole({ metadata, rules: sum(elsewhere) }),
    new ClusterRoleBinding({
      metadata,
      roleRef: { apiGroup, kind: "ClusterRole", name: nameElsewhere },
      subjects: subjects(namespace),
    }),
    ...role({ name, namespace }, ofScope(jobs, "own namespace"), namespace),
  ];
}

/** The rules that hold in no single namespace. */
export function clusterWideRules(jobs: readonly ScrapeJob[]) {
  return sum(ofScope(jobs, "cluster"));
}

/**
 * What the jobs need in namespaces that they name, as a Role in each: one folder `access/<namespace>`.
 *
 * @param namespace where Prometheus' ServiceAccount is
 */
export function accessElsewhere(jobs: readonly ScrapeJob[], namespace: string): Component[] {
  const named = grantsOf(jobs).flatMap(({ scope }) => (typeof scope === "object" ? [scope.namespace] : []));
  return [...new Set(named)].map((elsewhere) => ({
    name: `access/${elsewhere}`,
    source: "generators/prometheus/access.ts",
    objects: role(
      // Not plainly `prometheus`: a namespace of others may have a Role of that name.
      { name: nameElsewhere, namespace: elsewhere },
      grantsOf(jobs).filter(({ scope }) => typeof scope === "object" && scope.namespace === elsewhere),
      namespace,
    ),
  }));
}

function grantsOf(jobs: readonly ScrapeJob[]): Grant[] {
  return jobs.flatMap(({ config }) => accessOf(config));
}

function ofScope(jobs: readonly ScrapeJob[], wanted: Grant["scope"]): Grant[] {
  return grantsOf(jobs).filter(({ scope }) => scope === wanted);
}

function role(
  where: { name: string; namespace: string },
  grants: readonly Grant[],
  accountNamespace: string,
): KubernetesObject[] {
  const metadata = { ...where, labels: common };
  return [
    new Role({ metadata, rules: sum(grants) }),
    new RoleBinding({
      metadata,
      roleRef: { apiGroup, kind: "Role", name: where.name },
      subjects: subjects(accountNamespace),
    }),
  ];
}

function subjects(namespace: string) {
  return [{ kind: "ServiceAccount", name, namespace }];
}
