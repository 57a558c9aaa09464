import { blackboxExporter as base } from "../blackbox-exporter/index.js";
import { edges } from "../derive/edges.js";
import type { Base, Component } from "../lib/base-and-component.js";
import { configMaps } from "../prometheus/pod.js";
import { probing } from "../prometheus/scrape/applications.js";
import type { OptionalJobs } from "../prometheus/scrape/optional.js";
import { probeFile } from "../prometheus/scrape/probes.js";
import type { Settings } from "../settings/index.js";
import { policiesOf } from "./network-policies.js";

/**
 * Probes URLs and Services from within the cluster, and tells when one does not answer or its certificate ends.
 *
 * Its policy comes with it and not with `network-policies`: whoever reaches the prober has it open connections to whatever
 * it may reach, so that is for Prometheus alone.
 *
 * @param bases those of the base
 * @param componentOf makes a Component of jobs
 */
export function blackboxExporter(
  settings: Settings,
  bases: readonly Base[],
  componentOf: (jobs: OptionalJobs) => Component,
): Component {
  const own = base(settings);
  const ofJobs = componentOf(probing(settings));
  const { objects = [], configMaps: dashboards = [], adds = [], patches = [] } = ofJobs;
  return {
    ...ofJobs,
    source: "generators/components/blackbox-exporter.ts",
    objects: [
      ...own.objects,
      ...policiesOf(
        [own],
        edges([...bases, own], probing(settings).jobs, "prometheus"),
        settings.namespace,
        (name) => name,
      ),
      ...objects,
    ],
    configMaps: [...(own.configMaps ?? []), ...dashboards],
    adds: adds.map((map) =>
      map.name === configMaps.scrape ? { ...map, files: [...map.files, probeFile(settings)] } : map,
    ),
    // The way in is in the policy that comes with it.
    patches: patches.filter(({ target }) => target?.name !== `${own.name}-ui`),
  };
}
