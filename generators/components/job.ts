import type { Grant } from "../derive/access.js";
import { type Edge, edges } from "../derive/edges.js";
import { dashboards } from "../grafana/dashboards/index.js";
import { dashboardFiles } from "../grafana/index.js";
import type { Component, ConfigMapFiles, Feature } from "../lib/component.js";
import { annotationPath, type JsonPatch } from "../lib/patch.js";
import { additionalAccess, additionalGrants, nameElsewhere, restricted } from "../prometheus/access.js";
import { ruleConfigMap, scrapeFiles } from "../prometheus/index.js";
import { configMaps, jobsAdded } from "../prometheus/pod.js";
import { ruleFiles } from "../prometheus/rules/index.js";
import { scrapeJobs } from "../prometheus/scrape/index.js";
import type { OptionalJobs } from "../prometheus/scrape/optional.js";
import type { ScrapeJob } from "../prometheus/types.js";
import type { Settings } from "../settings.js";
import { egressOf, ingressOf } from "./network-policies.js";

/**
 * Jobs that not every cluster has, as a Component: with the rules and dashboards that read them, the permissions that
 * they need beyond those of the base, and the way to their targets where `network-policies` was listed before.
 *
 * @param components those of the base, and the optional ones that jobs are about
 */
export function jobFeature(
  settings: Settings,
  { component, jobs }: OptionalJobs,
  components: readonly Component[],
): Feature {
  const core = scrapeJobs(settings);
  const grants = additionalGrants(jobs, core);
  const rules = rulesOf(settings, jobs, core);
  const readers = dashboardsOf(settings, jobs, core);
  return {
    name: component,
    source: "generators/components/job.ts",
    objects: additionalAccess(component, grants, settings.namespace),
    configMaps: readers,
    adds: [scrapeFiles(jobs, settings.namespace), ...(rules.files.length > 0 ? [rules] : [])],
    patches: [...orders(component, grants), ...openings(additionalEdges(components, core, jobs))],
  };
}

function rulesOf(settings: Settings, jobs: readonly ScrapeJob[], core: readonly ScrapeJob[]): ConfigMapFiles {
  const before = ruleFiles(settings, core.map(nameOf)).map(({ subject }) => subject);
  const now = ruleFiles(settings, [...core, ...jobs].map(nameOf));
  return ruleConfigMap(
    settings,
    now.filter(({ subject }) => !before.includes(subject)),
  );
}

function dashboardsOf(settings: Settings, jobs: readonly ScrapeJob[], core: readonly ScrapeJob[]): ConfigMapFiles[] {
  const before = dashboards(settings, core.map(nameOf)).map(({ name }) => name);
  return dashboards(settings, [...core, ...jobs].map(nameOf))
    .filter(({ name }) => !before.includes(name))
    .map((file) => dashboardFiles(file, settings.namespace));
}

/** The connections that these jobs need beyond those of the others. */
export function additionalEdges(
  components: readonly Component[],
  core: readonly ScrapeJob[],
  jobs: readonly ScrapeJob[],
): Edge[] {
  const keyOf = ({ from, to, ports }: Edge) => JSON.stringify([from, to, ports]);
  const had = new Set(edges(components, core, "prometheus").map(keyOf));
  const wanted = edges(components, jobs, "prometheus").filter((edge) => !had.has(keyOf(edge)));
  return [...new Map(wanted.map((edge) => [keyOf(edge), edge])).values()];
}

/** What `components/network-policies` and `components/namespaced-access` have to know of jobs that were added. */
function orders(component: string, grants: readonly Grant[]): JsonPatch[] {
  const ofOneNamespace = grants.some(({ scope }) => typeof scope === "object");
  return [
    {
      name: "jobs-added",
      target: { kind: "ConfigMap", name: configMaps.scrape },
      operations: [{ op: "replace", path: annotationPath(jobsAdded), value: component }],
    },
    ...(ofOneNamespace
      ? [
          {
            name: "before-namespaced-access",
            target: { kind: "ClusterRole", name: nameElsewhere },
            operations: [{ op: "test", path: annotationPath(restricted), value: "no" } as const],
          },
        ]
      : []),
  ];
}

/** Lets Prometheus through to more targets. Where there is no policy, Kustomize finds nothing to patch and goes on. */
export function openings(edges: readonly Edge[]): JsonPatch[] {
  if (edges.length === 0) return [];
  return [
    {
      name: "way-to-targets",
      target: { kind: "NetworkPolicy", name: "prometheus" },
      operations: edges.map((edge) => ({ op: "add", path: "/spec/egress/-", value: egressOf(edge) })),
    },
    ...edges.flatMap((edge): JsonPatch[] => {
      if (typeof edge.to !== "object" || !("component" in edge.to)) return [];
      const { component } = edge.to;
      return [
        {
          name: `way-into-${component}`,
          // The policy of a Component's way in: its other one may say nothing of who comes in.
          target: { kind: "NetworkPolicy", name: `${component}-ui` },
          operations: [{ op: "add", path: "/spec/ingress/-", value: ingressOf(edge) }],
        },
      ];
    }),
  ];
}

function nameOf({ config }: ScrapeJob): string {
  return config.job_name;
}
