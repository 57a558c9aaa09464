import type { IPolicyRule } from "kubernetes-models/rbac.authorization.k8s.io/v1/PolicyRule";
import { accessOf, answersTo, type Grant } from "../../../generators/derive/access.js";
import type { ScrapeConfig } from "../../../metrics/scrape-job.js";
import { Failure } from "../failure.js";
import type { Kubectl } from "../kubectl.js";
import type { BoundRole, Bundle } from "./index.js";

/** One thing that a job needs to be allowed, small enough for the API server to say yes or no to. */
export interface AccessRequest {
  readonly verb: string;
  /** `nodes/metrics`, `endpointslices`; undefined for a path. */
  readonly resource?: string;
  readonly apiGroup?: string;
  /** The one object that it is for; undefined for all. */
  readonly name?: string;
  /** A path of the API server that is no resource, such as `/metrics`. */
  readonly path?: string;
  /** Undefined for the whole cluster. */
  readonly namespace?: string;
}

/** An account that scrapes, with what the overlay gives to it. */
export type Account = Pick<Bundle, "overlay" | "roles"> & {
  readonly prometheus: Pick<Bundle["prometheus"], "namespace" | "serviceAccount">;
};

/** What a job needs, one by one. */
export function accessRequestsOf(config: ScrapeConfig, ownNamespace: string): AccessRequest[] {
  return accessRequestsFor(accessOf(config), ownNamespace);
}

/** What an agent on a node needs for a job: its own node it finds without the API server. */
export function accessRequestsOnNode(config: ScrapeConfig, ownNamespace: string): AccessRequest[] {
  return accessRequestsFor(answersTo(config), ownNamespace);
}

/** What grants allow, one by one. */
export function accessRequestsFor(grants: readonly Grant[], ownNamespace: string): AccessRequest[] {
  return grants.flatMap(({ scope, rule }) => accessRequestsIn(rule, namespaceOf(scope, ownNamespace)));
}

function namespaceOf(scope: Grant["scope"], ownNamespace: string): string | undefined {
  if (scope === "cluster") return undefined;
  return scope === "own namespace" ? ownNamespace : scope.namespace;
}

/** What one rule allows, one by one. */
export function accessRequestsIn(rule: IPolicyRule, namespace: string | undefined): AccessRequest[] {
  const { verbs, apiGroups = [""], resources = [], resourceNames = [undefined], nonResourceURLs = [] } = rule;
  return verbs.flatMap((verb) => [
    ...nonResourceURLs.map((path) => ({ verb, path })),
    ...apiGroups.flatMap((apiGroup) =>
      resources.flatMap((resource) =>
        resourceNames.map((name) => ({
          verb,
          resource,
          apiGroup,
          ...(name !== undefined && { name }),
          ...(namespace !== undefined && { namespace }),
        })),
      ),
    ),
  ]);
}

/**
 * Those of the permissions that the cluster does not give to an account. Nothing is written: the API server answers a
 * review and forgets it.
 *
 * @returns undefined when the user of this kubectl may not ask.
 */
export async function denied(
  kubectl: Kubectl,
  { prometheus: { namespace, serviceAccount } }: Account,
  permissions: readonly AccessRequest[],
): Promise<readonly AccessRequest[] | undefined> {
  if (permissions.length === 0) return [];
  const reviews = permissions.map((permission) => ({
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: {
      user: `system:serviceaccount:${namespace}:${serviceAccount}`,
      groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
      ...attributes(permission),
    },
  }));
  // Documents of JSON stand one after the other: kubectl takes a `---` between them for a syntax error.
  const input = reviews.map((review) => JSON.stringify(review)).join("\n");
  const args = ["create", "-f", "-", "-o", String.raw`jsonpath={.status.allowed}{"\n"}`];
  try {
    const answers = (await kubectl.text(args, { input })).trim().split("\n");
    return permissions.filter((_, index) => answers[index] !== "true");
  } catch (error) {
    if (error instanceof Failure && error.message.includes("(Forbidden)")) return undefined;
    throw error;
  }
}

function attributes({ verb, resource = "", apiGroup, name, path, namespace }: AccessRequest): object {
  if (path !== undefined) return { nonResourceAttributes: { verb, path } };
  const [kind, subresource] = resource.split("/");
  return {
    resourceAttributes: {
      verb,
      group: apiGroup,
      resource: kind,
      ...(subresource !== undefined && { subresource }),
      ...(name !== undefined && { name }),
      ...(namespace !== undefined && { namespace }),
    },
  };
}

/** Those of the permissions that no role of the overlay gives. */
export function ungranted(
  { roles }: Pick<Account, "roles">,
  permissions: readonly AccessRequest[],
): readonly AccessRequest[] {
  return permissions.filter((permission) => grantingRole(holdersIn(roles, permission), permission) === undefined);
}

function holdersIn(roles: Bundle["roles"], { namespace }: AccessRequest): Bundle["roles"] {
  return roles.filter((role) => role.namespace === undefined || role.namespace === namespace);
}

function grantingRole(roles: Bundle["roles"], permission: AccessRequest): BoundRole | undefined {
  return roles.find(({ rules }) => rules.some((rule) => covers(rule, permission)));
}

/** How to get permissions that are lacking: which role has to say what, or that the overlay only has to be applied. */
export function grantCure({ overlay, roles, prometheus }: Account, permissions: readonly AccessRequest[]): string {
  const byRole = new Map<string, { missing: AccessRequest[]; granted: AccessRequest[] }>();
  for (const permission of permissions) {
    const holders = holdersIn(roles, permission);
    // What is for one namespace belongs into the role of that namespace, where there is one.
    const home = holders.find(({ namespace }) => namespace !== undefined) ?? holders[0];
    const granting = grantingRole(holders, permission);
    const holder = granting ?? home;
    const title =
      holder === undefined
        ? `a role that is bound to ServiceAccount ${prometheus.namespace}/${prometheus.serviceAccount}`
        : `${holder.kind} ${holder.kind === "Role" ? `${holder.namespace}/` : ""}${holder.name}`;
    const entry = byRole.get(title) ?? { missing: [], granted: [] };
    (granting === undefined ? entry.missing : entry.granted).push(permission);
    byRole.set(title, entry);
  }
  return [...byRole]
    .flatMap(([title, { missing, granted }]) => [
      ...(missing.length > 0 ? [`let ${title} allow ${summary(missing)}`] : []),
      ...(granted.length > 0
        ? [`${title} of the overlay allows ${summary(granted)}, but the cluster does not: kubectl apply -k ${overlay}`]
        : []),
    ])
    .join("; ");
}

function covers(
  { verbs, apiGroups, resources, resourceNames, nonResourceURLs }: IPolicyRule,
  wanted: AccessRequest,
): boolean {
  if (!has(verbs, wanted.verb)) return false;
  if (wanted.path !== undefined) return has(nonResourceURLs, wanted.path);
  const named = resourceNames === undefined || (wanted.name !== undefined && resourceNames.includes(wanted.name));
  return named && has(apiGroups, wanted.apiGroup ?? "") && has(resources, wanted.resource ?? "");
}

function has(list: readonly string[] | undefined, item: string): boolean {
  return list?.some((entry) => entry === item || entry === "*") ?? false;
}

/** How messages name a permission: `get nodes/metrics`, `list endpointslices.discovery.k8s.io in monitoring`. */
export function words(permission: AccessRequest): string {
  return `${permission.verb} ${objectOf(permission)}`;
}

function objectOf({ resource, apiGroup, name, path, namespace }: AccessRequest): string {
  if (path !== undefined) return path;
  const what = [`${resource}${apiGroup ? `.${apiGroup}` : ""}`, name && `"${name}"`, namespace && `in ${namespace}`];
  return what.filter(Boolean).join(" ");
}

/** Several permissions in as few words: `list and watch services in monitoring, get /metrics`. */
function summary(permissions: readonly AccessRequest[]): string {
  const verbs = new Map<string, string[]>();
  for (const permission of permissions) {
    const object = objectOf(permission);
    verbs.set(object, [...(verbs.get(object) ?? []), permission.verb]);
  }
  return [...verbs].map(([object, each]) => `${each.join(" and ")} ${object}`).join(", ");
}
