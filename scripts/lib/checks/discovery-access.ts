import { accessOf, type Grant } from "../../../generators/derive/access.js";
import type { ScrapeConfig } from "../../../metrics/scrape-job.js";
import { boundRoles } from "../bundle/index.js";
import { accessRequestsFor, ungranted, words } from "../bundle/permissions.js";
import { isDeclared, orDeclare } from "../rendered/declared.js";
import { type Discovery, prometheusesOf } from "../rendered/prometheus.js";
import { sourceOf } from "../rendered/source.js";
import type { Check, Finding } from "./check.js";
import { prometheusConfig } from "./prometheus/config.js";

/** Role `endpoints` is the deprecated form of `endpointslice`. */
function asSlices(discovery: Discovery): Discovery {
  return discovery.role === "endpoints" ? { ...discovery, role: "endpointslice" } : discovery;
}

function ofIngresses({ role, namespaces }: Discovery): Grant[] {
  if (role !== "ingress") return [];
  const rule = { apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: ["list", "watch"] };
  const named = (namespaces?.names ?? []).map((namespace) => ({ scope: { namespace }, rule }));
  return namespaces?.own_namespace
    ? [...named, { scope: "own namespace", rule }]
    : named.length > 0
      ? named
      : [{ scope: "cluster", rule }];
}

/** Prometheus may list and watch what its jobs, and the block of Alertmanagers, discover. */
export const discoveryAccess: Check = {
  name: "discovery access",
  after: [prometheusConfig],
  run: async (rendered) =>
    prometheusesOf(rendered).flatMap(({ workload, clients }) => {
      const { namespace = "", pod } = workload;
      const account = pod.serviceAccountName ?? "default";
      const roles = boundRoles(rendered, namespace, account);
      return clients.flatMap(({ who, file, config }): Finding[] => {
        const inCluster = (config.kubernetes_sd_configs ?? []).filter(({ api_server }) => api_server === undefined);
        // What the targets themselves ask about is theirs to know.
        const asked = {
          job_name: "",
          kubernetes_sd_configs: inCluster.filter(({ role }) => role !== "ingress").map(asSlices),
        } as ScrapeConfig;
        const isOurs = sourceOf(rendered, file)?.isGenerated ?? false;
        // The roles of the bundle's jobs in others' namespaces may be in an overlay of their own.
        const grants = [...accessOf(asked), ...inCluster.flatMap(ofIngresses)].filter(
          ({ scope }) => !(isOurs && typeof scope === "object"),
        );
        const missing = ungranted({ roles }, accessRequestsFor(grants, namespace)).filter(
          (permission) => !isDeclared(rendered, `Role ${permission.namespace}/`),
        );
        if (missing.length === 0) return [];
        const places = [...new Set(missing.map((permission) => permission.namespace))];
        const where = places.every((place) => place !== undefined) ? `a Role in ${places.join(", ")}` : "a ClusterRole";
        return [
          {
            object: file.object,
            message: `${who} needs what ServiceAccount ${namespace}/${account} may not do: ${missing.map(words).join(", ")}`,
            fix: `add ${where} that allows it, with a binding to that ServiceAccount${orDeclare(`Role ${places[0]}/NAME`)}`,
          },
        ];
      });
    }),
};
