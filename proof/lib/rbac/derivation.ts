import { isDeepStrictEqual } from "node:util";
import { outsideAccessOf, outsideAccount } from "../../../generators/bare-metal/access.js";
import { outsideJobs } from "../../../generators/bare-metal/outside.js";
import { nodeAgents } from "../../../generators/components/agent-on-nodes.js";
import { accessOf, single } from "../../../generators/derive/access.js";
import { permissions, withoutRule } from "../../../generators/derive/permissions.js";
import { nameElsewhere } from "../../../generators/prometheus/access.js";
import { scrapeJobs } from "../../../generators/prometheus/scrape/index.js";
import { metaLabel } from "../../../generators/prometheus/scrape/machines.js";
import type { ScrapeConfig } from "../../../metrics/scrape-job.js";
import { boundRoles, bundleOf } from "../../../scripts/lib/bundle/index.js";
import {
  type AccessRequest,
  accessRequestsFor,
  accessRequestsIn,
  accessRequestsOf,
  accessRequestsOnNode,
  ungranted,
} from "../../../scripts/lib/bundle/permissions.js";
import { ofKind, type Rendered } from "../../../scripts/lib/rendered/objects.js";
import { projectSettings } from "../../../scripts/lib/settings.js";
import { type Holder, holdersIn, type Removal } from "./removals.js";

/** Why a permission is there. */
export interface Derivation {
  /** The jobs that need it. Empty where every job that needs it has it by another role too. */
  readonly neededBy: readonly string[];
  /** What becomes of them without it. */
  readonly without: string;
}

/** A job, and all that it needs to be allowed. */
interface Need {
  readonly job: string;
  readonly permissions: readonly AccessRequest[];
}

/**
 * Reads off the jobs of an overlay why it grants what it grants.
 *
 * @returns what says it of one permission; undefined for one of which not every part is needed where it is granted.
 */
export function derivationsIn(rendered: Rendered): (removal: Removal) => Derivation | undefined {
  const needs = new Map(holdersIn(rendered).map((holder) => [holder.name, needsOf(holder, rendered)]));
  return (removal) => {
    const { holder } = removal;
    const own = needs.get(holder.name);
    return own === undefined ? ofKubeStateMetrics(removal) : ofJobs(removal, own, rendered);
  };
}

/** Undefined for who has no jobs. */
function needsOf({ name, namespace }: Holder, rendered: Rendered): Need[] | undefined {
  if (name === outsideAccount) {
    return outsideJobs({ ...projectSettings(), namespace }).map(({ config }) => ({
      job: config.job_name,
      permissions: accessRequestsFor(outsideAccessOf(config, namespace), namespace),
    }));
  }
  if (name !== "prometheus" && name !== nodeAgents) return undefined;
  const { jobs, shards = [] } = bundleOf(rendered);
  const ofNodes = shards.flatMap(({ onNodes }) => onNodes?.jobs ?? []);
  return name === nodeAgents
    ? jobs
        .filter(({ job_name }) => ofNodes.includes(job_name))
        .map((config) => ({ job: config.job_name, permissions: accessRequestsOnNode(config, namespace) }))
    : jobs
        .filter((config) => !(ofNodes.includes(config.job_name) && isOfLinuxAlone(config)))
        .map((config) => ({ job: config.job_name, permissions: accessRequestsOf(config, namespace) }));
}

/** Such a job has no target left where each Linux node has an agent of its own. */
function isOfLinuxAlone({ relabel_configs = [] }: ScrapeConfig): boolean {
  return relabel_configs.some(
    (step) =>
      "action" in step &&
      step.action === "keep" &&
      step.regex === "linux" &&
      step.source_labels.join() === metaLabel("kubernetes.io/os"),
  );
}

function ofJobs(removal: Removal, needs: readonly Need[], rendered: Rendered): Derivation | undefined {
  const { holder, permission, binding, rest } = removal;
  const taken = accessRequestsIn(permission, binding.namespace);
  const wanting = needs.map(({ job, permissions }) => ({
    job,
    wanted: permissions.filter((one) => taken.some((part) => isPartOf(one, part, removal, rendered))),
  }));
  const isWanted = (part: AccessRequest) =>
    wanting.some(({ wanted }) => wanted.some((one) => isPartOf(one, part, removal, rendered)));
  if (!taken.every(isWanted)) return undefined;
  const left = boundRoles(rendered, holder.namespace, holder.name).map((role) => {
    const { kind, name } = binding.roleRef;
    const isIt = role.kind === kind && role.name === name && role.namespace === binding.namespace;
    return isIt ? { ...role, rules: rest } : role;
  });
  return {
    neededBy: wanting.filter(({ wanted }) => ungranted({ roles: left }, wanted).length > 0).map(({ job }) => job),
    without: withoutRule(permission),
  };
}

/** Whether what a job needs is what a role gives, and the role is no wider than it has to be. */
function isPartOf(needed: AccessRequest, given: AccessRequest, { holder }: Removal, rendered: Rendered): boolean {
  const { namespace, ...what } = needed;
  const { namespace: within, ...givenWhat } = given;
  if (!isDeepStrictEqual(what, givenWhat)) return false;
  if (namespace === within) return true;
  // An overlay that does not keep its namespaces apart gives everywhere what is needed in one of others.
  return within === undefined && namespace !== holder.namespace && !keepsApart(rendered);
}

/** Whether the overlay lists `components/namespaced-access`, or is for a Prometheus outside, which has such roles always. */
function keepsApart({ objects }: Rendered): boolean {
  const role = ofKind(objects, "rbac.authorization.k8s.io/v1/ClusterRole").find(
    ({ metadata }) => metadata.name === nameElsewhere,
  );
  const given = (role?.rules ?? []).flatMap(single);
  const ofOneNamespace = scrapeJobs(projectSettings())
    .flatMap(({ config }) => accessOf(config))
    .filter(({ scope }) => typeof scope === "object")
    .flatMap(({ rule }) => single(rule));
  return !ofOneNamespace.some((rule) => given.some((other) => isDeepStrictEqual(other, rule)));
}

function ofKubeStateMetrics({ permission, binding }: Removal): Derivation | undefined {
  if (binding.namespace !== undefined) return undefined;
  return permissions([]).find(({ rule }) => isDeepStrictEqual(rule, permission));
}
