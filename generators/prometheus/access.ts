import { ClusterRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole";
import { ClusterRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding";
import { Role } from "kubernetes-models/rbac.authorization.k8s.io/v1/Role";
import { RoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding";
import type { ScrapeJob } from "../../metrics/scrape-job.js";
import { accessOf, type Grant, single, sum } from "../derive/access.js";
import type { Base, KubernetesObject } from "../lib/base-and-component.js";
import { clusterScopedName } from "../lib/cluster-scoped-name.js";
import { labels } from "../lib/labels.js";

const name = "prometheus";
const apiGroup = "rbac.authorization.k8s.io";

/** Name of Prometheus' objects outside its own namespace. */
export const nameElsewhere = clusterScopedName(name);

/** A ServiceAccount that is given roles. */
interface Account {
  readonly name: string;
  readonly namespace: string;
}

/**
 * Roles and bindings that let Prometheus do what the jobs need, and nothing else.
 *
 * What holds in the own namespace is a Role, which moves along with it. What a job names in another namespace goes into
 * the ClusterRole, because an overlay's `namespace:` would carry a Role away from where it has to be. An overlay that
 * keeps its namespaces apart takes {@link accessElsewhere} and `components/namespaced-access` instead.
 *
 * @param own what the jobs of the user's own need besides
 */
export function access(jobs: readonly ScrapeJob[], namespace: string, own: readonly Grant[] = []): KubernetesObject[] {
  const account = { name, namespace };
  const all = [...grantsOf(jobs), ...own];
  const isWithin = ({ scope }: Grant) => scope === "own namespace";
  return [
    ...clusterRole(
      nameElsewhere,
      all.filter((grant) => !isWithin(grant)),
      account,
    ),
    ...role(account, all.filter(isWithin), account),
  ];
}

/** Name of the objects that let Prometheus do what a Component's jobs need beyond the others. */
export function nameOfAddition(component: string): string {
  return `${nameElsewhere}-${component}`;
}

/** What these jobs need that the others do not have already. */
export function additionalGrants(jobs: readonly ScrapeJob[], others: readonly ScrapeJob[]): Grant[] {
  return beyond(grantsOf(jobs), others);
}

/** Those of the grants that the jobs do not have already. */
function beyond(grants: readonly Grant[], others: readonly ScrapeJob[]): Grant[] {
  const had = grantsOf(others).flatMap(({ scope, rule }) => single(rule).map((one) => JSON.stringify([scope, one])));
  return grants.filter(({ scope, rule }) => single(rule).some((one) => !had.includes(JSON.stringify([scope, one]))));
}

/** A ClusterRole with {@link additionalGrants} and its binding, for a Component; nothing where there are none. */
export function additionalAccess(component: string, grants: readonly Grant[], namespace: string): KubernetesObject[] {
  if (grants.length === 0) return [];
  return clusterRole(nameOfAddition(component), grants, { name, namespace });
}

/**
 * The rules that hold in no single namespace.
 *
 * @param own what the jobs of the user's own need besides
 */
export function clusterWideRules(jobs: readonly ScrapeJob[], own: readonly Grant[] = []) {
  return sum([...grantsOf(jobs), ...own].filter(({ scope }) => scope === "cluster"));
}

/**
 * What the jobs need in namespaces that they name, as a Role in each: one folder `access/<namespace>`.
 *
 * @param namespace where Prometheus' ServiceAccount is
 */
export function accessElsewhere(jobs: readonly ScrapeJob[], namespace: string): Base[] {
  const named = namespacesOf(grantsOf(jobs));
  // Not just `prometheus`: another namespace may already have a Role of that name.
  return named.map((elsewhere) => roleElsewhere(elsewhere, nameElsewhere, grantsOf(jobs), elsewhere, namespace));
}

/** The same for the jobs of a Component: one folder `access/<component>` for each namespace that they name. */
export function additionalElsewhere(component: string, grants: readonly Grant[], namespace: string): Base[] {
  return namespacesOf(grants).map((elsewhere) =>
    roleElsewhere(component, nameOfAddition(component), grants, elsewhere, namespace),
  );
}

/** The same for the jobs of the user's own: one folder `access/own-<namespace>` for each namespace that they name. */
export function ownElsewhere(own: readonly Grant[], jobs: readonly ScrapeJob[], namespace: string): Base[] {
  const grants = beyond(own, jobs);
  return namespacesOf(grants).map((elsewhere) =>
    roleElsewhere(`own-${elsewhere}`, nameOfAddition("own"), grants, elsewhere, namespace),
  );
}

function namespacesOf(grants: readonly Grant[]): string[] {
  return [...new Set(grants.flatMap(({ scope }) => (typeof scope === "object" ? [scope.namespace] : [])))];
}

function roleElsewhere(
  folder: string,
  roleName: string,
  grants: readonly Grant[],
  elsewhere: string,
  namespace: string,
): Base {
  const within = grants.filter(({ scope }) => typeof scope === "object" && scope.namespace === elsewhere);
  return {
    name: `access/${folder}`,
    about: `A Role of namespace ${elsewhere} in place of a ClusterRole: listed with components/namespaced-access.`,
    source: "generators/prometheus/access.ts",
    objects: role({ name: roleName, namespace: elsewhere }, within, { name, namespace }),
  };
}

function grantsOf(jobs: readonly ScrapeJob[]): Grant[] {
  return jobs.flatMap(({ config }) => accessOf(config));
}

/** The grants as a ClusterRole that is the account's. */
export function clusterRole(name: string, grants: readonly Grant[], account: Account): KubernetesObject[] {
  const metadata = { name, labels: labels(account.name, "server") };
  return [
    new ClusterRole({ metadata, rules: sum(grants) }),
    new ClusterRoleBinding({
      metadata,
      roleRef: { apiGroup, kind: "ClusterRole", name },
      subjects: subjects(account),
    }),
  ];
}

/** The grants as a Role, in whichever namespace, that is the account's. */
export function role(
  where: { name: string; namespace: string },
  grants: readonly Grant[],
  account: Account,
): KubernetesObject[] {
  const metadata = { ...where, labels: labels(account.name, "server") };
  return [
    new Role({ metadata, rules: sum(grants) }),
    new RoleBinding({
      metadata,
      roleRef: { apiGroup, kind: "Role", name: where.name },
      subjects: subjects(account),
    }),
  ];
}

function subjects({ name, namespace }: Account) {
  return [{ kind: "ServiceAccount", name, namespace }];
}
