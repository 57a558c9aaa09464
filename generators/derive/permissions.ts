import type { IPolicyRule } from "kubernetes-models/rbac.authorization.k8s.io/v1/PolicyRule";
import type { ScrapeJob } from "../../metrics/scrape-job.js";
import { rules as kubeStateMetricsRules } from "../kube-state-metrics/resources.js";
import { accessOf, type Grant, type Scope, single } from "./access.js";

/** One permission of the stack, and why it is there. */
export interface Permission {
  /** The ServiceAccount that has it. */
  readonly holder: "prometheus" | "prometheus-outside" | "kube-state-metrics";
  readonly scope: Scope;
  /** About one resource, or one path. */
  readonly rule: IPolicyRule;
  /** The scrape jobs that need it. */
  readonly neededBy: readonly string[];
  /** What is gone without it. */
  readonly without: string;
}

/** Every permission that anything of the stack has, resource by resource, in the order in which jobs need them. */
export function permissions(jobs: readonly ScrapeJob[]): Permission[] {
  return [...permissionsOf("prometheus", jobs, ({ config }) => accessOf(config)), ...ofKubeStateMetrics()];
}

/** The permissions that a Prometheus has for its jobs, and why. */
export function permissionsOf<Job extends Pick<ScrapeJob, "config">>(
  holder: Permission["holder"],
  jobs: readonly Job[],
  access: (job: Job) => readonly Grant[],
): Permission[] {
  const needs = jobs.flatMap((job) =>
    access(job).flatMap(({ scope, rule }) =>
      single(rule).map((one) => ({ key: JSON.stringify([scope, one]), scope, rule: one, job: job.config.job_name })),
    ),
  );
  return [...new Map(needs.map((need) => [need.key, need])).values()].map(({ key, scope, rule }) => {
    const neededBy = [...new Set(needs.filter((need) => need.key === key).map(({ job }) => job))];
    return { holder, scope, rule, neededBy, without: withoutRule(rule) };
  });
}

/** What becomes of a job without something that it may do. */
export function withoutRule({ verbs }: Pick<IPolicyRule, "verbs">): string {
  // Discovery lists and watches; a scrape is a GET that the target asks the API server about.
  return verbs.includes("get") ? "targets down: 403 Forbidden" : "no targets";
}

function ofKubeStateMetrics(): Permission[] {
  return kubeStateMetricsRules().flatMap((rule) =>
    single(rule).map((one) => ({
      holder: "kube-state-metrics",
      scope: "cluster",
      rule: one,
      neededBy: ["kube-state-metrics"],
      without: `no series kube_${one.resources?.[0]?.replace(/s$/, "")}_*`,
    })),
  );
}
