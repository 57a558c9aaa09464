import type { IClusterRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole";
import type { Grant } from "../derive/access.js";
import type { Component } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { type MergePatch, merging } from "../lib/patch.js";
import { additionalGrants, clusterWideRules, nameElsewhere, nameOfAddition } from "../prometheus/access.js";
import { reached, scrapeJobs } from "../prometheus/scrape/index.js";
import { optionalJobs } from "../prometheus/scrape/optional.js";
import type { Settings } from "../settings/index.js";

/**
 * Takes out of Prometheus' ClusterRole what a job needs in one namespace only. An overlay that lists it lists the
 * folders of `base/access/` too, one for each of those namespaces: without them the jobs there find no targets.
 *
 * @param own what the jobs of the user's own need
 */
export function namespacedAccess(settings: Settings, own: readonly Grant[] = []): Component {
  return {
    name: "namespaced-access",
    source: "generators/components/namespaced-access.ts",
    about:
      "Gives Prometheus a Role in each namespace in place of a ClusterRole, where that is enough; the overlay lists these from base/access/.",
    patches: [
      merging<IClusterRole>(
        "cluster-role",
        because(
          {
            apiVersion: "rbac.authorization.k8s.io/v1" as const,
            kind: "ClusterRole" as const,
            metadata: { name: nameElsewhere },
            rules: clusterWideRules(scrapeJobs(settings), own),
          },
          {
            rules:
              "Rules have no names to merge by, so this is the whole list: without what a Role of one namespace gives.",
          },
        ),
      ),
      ...optionalJobs(settings).flatMap(({ component, jobs }) => {
        const grants = additionalGrants(jobs, reached(settings));
        return grants.length > 0 && grants.every(({ scope }) => typeof scope === "object")
          ? [withoutAll(component)]
          : [];
      }),
    ],
  };
}

/** Deletes the ClusterRole of a Component and its binding, if the overlay has the Component. */
function withoutAll(component: string): MergePatch {
  const role = nameOfAddition(component);
  return merging<IClusterRole>(
    `no-cluster-role-${component}`,
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: role }, $patch: "delete" },
    { kind: "ClusterRole|ClusterRoleBinding", name: role },
  );
}
