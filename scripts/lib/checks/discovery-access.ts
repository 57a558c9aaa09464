import { discoveryOf, isAtHome } from "../../../generators/derive/access.js";
import { boundRoles } from "../bundle/index.js";
import { accessRequestsFor, ungranted, words } from "../bundle/permissions.js";
import { isDeclared, orDeclare } from "../rendered/declared.js";
import { prometheusesOf } from "../rendered/prometheus.js";
import { sourceOf } from "../rendered/source.js";
import type { Check, Finding } from "./check.js";
import { prometheusConfig } from "./prometheus/config.js";

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
        const isOurs = sourceOf(rendered, file)?.isGenerated ?? false;
        // The roles of the bundle's jobs in others' namespaces may be in an overlay of their own.
        const grants = (config.kubernetes_sd_configs ?? [])
          .filter(isAtHome)
          // What the targets themselves ask about is theirs to know.
          .flatMap(discoveryOf)
          .filter(({ scope }) => !(isOurs && typeof scope === "object"));
        const missing = ungranted({ roles }, accessRequestsFor(grants, namespace)).filter(
          (permission) => !isDeclared(rendered, `Role ${permission.namespace}/`),
        );
        if (missing.length === 0) return [];
        const places = [...new Set(missing.map((permission) => permission.namespace))];
        const isOwn = sourceOf(rendered, file)?.path.startsWith("scrape/") ?? false;
        const where = places.every((place) => place !== undefined) ? `a Role in ${places.join(", ")}` : "a ClusterRole";
        return [
          {
            object: file.object,
            message: `${who} needs what ServiceAccount ${namespace}/${account} may not do: ${missing.map(words).join(", ")}`,
            fix: isOwn
              ? `list ${places.map((place) => `base/access/own-${place}`).join(", ")} in a folder for each of these namespaces, as overlays/prod has one for default${orDeclare(`Role ${places[0]}/NAME`)}`
              : `add ${where} that allows it, with a binding to that ServiceAccount${orDeclare(`Role ${places[0]}/NAME`)}`,
          },
        ];
      });
    }),
};
