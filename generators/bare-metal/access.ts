import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { ScrapeConfig } from "../../metrics/scrape-job.js";
import { accessOf, type Grant } from "../derive/access.js";
import { type Permission, permissionsOf } from "../derive/permissions.js";
import type { Base } from "../lib/base-and-component.js";
import { clusterScopedName } from "../lib/cluster-scoped-name.js";
import { labels } from "../lib/labels.js";
import { clusterRole, role } from "../prometheus/access.js";
import type { Settings } from "../settings/index.js";
import { outsideJobs } from "./outside.js";

/** Name of the ServiceAccount that a Prometheus outside of the cluster has a token of. */
export const outsideAccount = "prometheus-outside";

const source = "generators/bare-metal/access.ts";

/** What the cluster has for a Prometheus outside: an account that may do what the jobs need. No pod runs as it. */
export function prometheusOutside(settings: Settings): Base {
  const account = { name: outsideAccount, namespace: settings.namespace };
  const grants = grantsOf(settings);
  return {
    name: outsideAccount,
    about: "What a Prometheus outside of the cluster may see: a ServiceAccount that no pod runs as.",
    source,
    objects: [
      new ServiceAccount({
        metadata: { ...account, labels: labels(outsideAccount, "server") },
        automountServiceAccountToken: false,
      }),
      ...clusterRole(
        clusterScopedName(outsideAccount),
        grants.filter(({ scope }) => scope === "cluster"),
        account,
      ),
      ...role(
        account,
        grants.filter(({ scope }) => scope === "own namespace"),
        account,
      ),
    ],
  };
}

/** What the jobs need in namespaces of others, as a Role in each: one folder `access-outside/<namespace>`. */
export function outsideAccess(settings: Settings): Base[] {
  const { namespace } = settings;
  const grants = grantsOf(settings);
  const others = grants.flatMap(({ scope }) => (typeof scope === "object" ? [scope.namespace] : []));
  return [...new Set(others)].map((other) => ({
    name: `access-outside/${other}`,
    about: `What a Prometheus outside of the cluster may see in namespace ${other}.`,
    source,
    objects: role(
      { name: clusterScopedName(outsideAccount), namespace: other },
      grants.filter(({ scope }) => typeof scope === "object" && scope.namespace === other),
      { name: outsideAccount, namespace },
    ),
  }));
}

/** The permissions that a job outside needs. What is in the namespace of its account is in its own, as for a pod there. */
export function outsideAccessOf(config: ScrapeConfig, namespace: string): Grant[] {
  return accessOf(config).map(({ scope, rule }) => ({
    scope: typeof scope === "object" && scope.namespace === namespace ? "own namespace" : scope,
    rule,
  }));
}

function grantsOf(settings: Settings): Grant[] {
  return outsideJobs(settings).flatMap(({ config }) => outsideAccessOf(config, settings.namespace));
}

/** Every permission of a Prometheus outside, and which jobs need it. */
export function outsidePermissions(settings: Settings): Permission[] {
  return permissionsOf(outsideAccount, outsideJobs(settings), ({ config }) =>
    outsideAccessOf(config, settings.namespace),
  );
}
