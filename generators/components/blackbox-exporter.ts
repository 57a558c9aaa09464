import { blackboxExporter as component } from "../blackbox-exporter/index.js";
import { edges } from "../derive/edges.js";
import type { Component, Feature } from "../lib/component.js";
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
 * @param components those of the base
 * @param featureOf makes a Component of jobs
 */
export function blackboxExporter(
  settings: Settings,
  components: readonly Component[],
  featureOf: (jobs: OptionalJobs) => Feature,
): Feature {
  const own = component(settings);
  const feature = featureOf(probing());
  const { objects = [], configMaps: dashboards = [], adds = [], patches = [] } = feature;
  return {
    ...feature,
    source: "generators/components/blackbox-exporter.ts",
    objects: [
      ...own.objects,
      ...policiesOf(
        [own],
        edges([...components, own], probing().jobs, "prometheus"),
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
