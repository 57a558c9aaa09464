import type { ScrapeJob } from "../../metrics/scrape-job.js";
import { type Edge, edges } from "../derive/edges.js";
import { allDashboards, linked } from "../grafana/dashboards/index.js";
import { dashboardFiles } from "../grafana/index.js";
import type { Base, Component } from "../lib/base-and-component.js";
import type { JsonPatch } from "../lib/patch.js";
import { additionalAccess, additionalGrants } from "../prometheus/access.js";
import { ruleConfigMap, scrapeFiles } from "../prometheus/index.js";
import { allRuleFiles } from "../prometheus/rules/index.js";
import { reached, scrapeJobs } from "../prometheus/scrape/index.js";
import type { OptionalJobs } from "../prometheus/scrape/optional.js";
import type { Settings } from "../settings/index.js";
import { egressOf, ingressOf } from "./network-policies.js";

/**
 * Jobs that not every cluster has, as a Component: with the rules and dashboards that read them, the permissions that
 * they need beyond those of the base, and the way to their targets where `network-policies` was listed before.
 *
 * @param bases those of the base, and the optional ones that jobs are about
 * @returns what makes a Component of such jobs; rules and dashboards are made once for all of them
 */
export function jobComponents(settings: Settings, bases: readonly Base[]): (optional: OptionalJobs) => Component {
  const core = reached(settings);
  const names = scrapeJobs(settings).map(nameOf);
  const rules = allRuleFiles(settings);
  const dashboards = allDashboards(settings);
  const { namespace } = settings;
  return ({ component, about, jobs }) => {
    const on = [...names, ...jobs.map(nameOf)];
    const isNew = (file: { readonly jobs: readonly string[] }) => !readable(file, names) && readable(file, on);
    const grants = additionalGrants(jobs, core);
    const newRules = ruleConfigMap(settings, rules.filter(isNew));
    return {
      name: component,
      source: "generators/components/job.ts",
      about,
      // A job opens only policies that are there already. Policies that came later would stay closed.
      after: ["network-policies", "grafana-network-policies"],
      // namespaced-access removes rules from the ClusterRoles, so these have to be complete before it.
      ...(grants.some(({ scope }) => typeof scope === "object") && { before: ["namespaced-access"] }),
      objects: additionalAccess(component, grants, namespace),
      configMaps: linked(dashboards, on)
        .filter(isNew)
        .map((file) => dashboardFiles(file, namespace)),
      adds: [scrapeFiles(jobs, settings), ...(newRules.files.length > 0 ? [newRules] : [])],
      patches: openings(additionalEdges(bases, core, jobs)),
    };
  };
}

function readable({ jobs }: { readonly jobs: readonly string[] }, on: readonly string[]): boolean {
  return jobs.every((job) => on.includes(job));
}

/** The connections that these jobs need beyond those of the others. */
export function additionalEdges(
  bases: readonly Base[],
  core: readonly ScrapeJob[],
  jobs: readonly ScrapeJob[],
): Edge[] {
  const keyOf = ({ from, to, ports }: Edge) => JSON.stringify([from, to, ports]);
  const had = new Set(edges(bases, core, "prometheus").map(keyOf));
  const wanted = edges(bases, jobs, "prometheus").filter((edge) => !had.has(keyOf(edge)));
  return [...new Map(wanted.map((edge) => [keyOf(edge), edge])).values()];
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
      if (typeof edge.to !== "object" || !("base" in edge.to)) return [];
      const { base } = edge.to;
      return [
        {
          name: `way-into-${base}`,
          // Only the policy of the Component's way in: its other one may have no rule for who comes in.
          target: { kind: "NetworkPolicy", name: `${base}-ui` },
          operations: [{ op: "add", path: "/spec/ingress/-", value: ingressOf(edge) }],
        },
      ];
    }),
  ];
}

function nameOf({ config }: ScrapeJob): string {
  return config.job_name;
}
