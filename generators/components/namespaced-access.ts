import type { IClusterRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole";
import type { Feature } from "../lib/component.js";
import { merging } from "../lib/patch.js";
import { clusterWideRules, nameElsewhere } from "../prometheus/access.js";
import { scrapeJobs } from "../prometheus/scrape/index.js";
import type { Settings } from "../settings.js";

/**
 * Takes out of Prometheus' ClusterRole what a job needs in one namespace only. An overlay that lists it lists the
 * folders of `base/access/` too, one for each of those namespaces: without them the jobs there find no targets.
 */
export function namespacedAccess(settings: Settings): Feature {
  return {
    name: "namespaced-access",
    source: "generators/components/namespaced-access.ts",
    patches: [
      merging<IClusterRole>("cluster-role", {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: { name: nameElsewhere },
        // Rules have no names to merge by: this is the whole list.
        rules: clusterWideRules(scrapeJobs(settings)),
      }),
    ],
  };
}
