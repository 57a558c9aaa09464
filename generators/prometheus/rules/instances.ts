import type { AlertingRule } from "../../../metrics/rule-file.js";
import { alertingRule } from "./alerting-rule.js";
import { lines } from "./lines.js";

/** A condition of an expression, and why it is there. */
export interface Condition {
  readonly expr: string;
  /** A sentence. */
  readonly why: string;
}

/** What a target answered has a length, or -1 where it broke a limit. */
const answered = (job: string) => `scrape_body_size_bytes{job="${job}"} != 0`;

/** A job with more targets than its limit asks none of them. */
const tooManyTargets = (job: string) =>
  lines(
    `max_over_time(prometheus_target_scrape_pool_targets{job="prometheus", scrape_job="${job}"}[5m])`,
    `  > (max_over_time(prometheus_target_scrape_pool_target_limit{job="prometheus", scrape_job="${job}"}[5m]) > 0)`,
  );

/**
 * Nothing of a job answers, whether its targets are down or nobody finds them any more.
 *
 * @param unless - a condition under which others do get an answer
 */
export function jobDown(
  job: string,
  alert: string,
  downSeconds: number,
  annotations: AlertingRule["annotations"],
  ...unless: readonly Condition[]
): AlertingRule {
  return {
    alert,
    why: [
      "A target may be down, or found by nobody any more. One whose answer broke a limit of ours did answer, and a job with more targets than its limit asks none of them.",
      ...unless.map(({ why }) => why),
    ].join(" "),
    expr: lines(
      `absent(up{job="${job}"} == 1 or ${answered(job)})`,
      ...[tooManyTargets(job), ...unless.map(({ expr }) => expr)].map((others) => `unless on () ${others}`),
    ),
    for: `${downSeconds}s`,
    labels: { severity: "critical", job },
    annotations,
  };
}

/** The node is not cordoned. */
export const notCordoned: Condition = {
  expr: 'unless on (node) kube_node_spec_unschedulable{job="kube-state-metrics"} == 1',
  why: "Whoever cordoned a node may switch it off.",
};

/**
 * One target of a job is down while others answer: when all are, {@link jobDown} says so.
 *
 * @param without - lines that take away targets of which others tell
 */
export function instanceUnreachable(
  job: string,
  alert: string,
  unreachableSeconds: number,
  annotations: AlertingRule["annotations"],
  ...without: readonly Condition[]
): AlertingRule {
  return {
    alert,
    why: [
      "What answers now and then does not answer. When no target does, another alert tells, and one whose answer broke a limit of ours did answer.",
      ...without.map(({ why }) => why),
    ].join(" "),
    expr: lines(
      `avg_over_time(up{job="${job}"}[5m]) < 0.5`,
      `and on (job) up{job="${job}"} == 1`,
      `unless ${answered(job)}`,
      ...without.map(({ expr }) => expr),
    ),
    for: `${unreachableSeconds}s`,
    labels: { severity: "warning" },
    annotations,
  };
}

/** A part of Kubernetes whose own requests to the API server fail. Every such part counts them alike. */
export function clientErrors(job: string, errorRatio: number): AlertingRule {
  return alertingRule({
    alert: "KubeClientErrors",
    why: "`<error>` is a request without an answer.",
    expr: lines(
      `sum by (job, instance) (rate(rest_client_requests_total{job="${job}", code=~"5..|<error>"}[5m]))`,
      `/ sum by (job, instance) (rate(rest_client_requests_total{job="${job}"}[5m])) > ${errorRatio}`,
    ),
    for: "15m",
    severity: "warning",
    summary: "A part of Kubernetes fails to talk to the API server.",
    description:
      "{{ $value | humanizePercentage }} of the requests of {{ $labels.job }} at {{ $labels.instance }} to the API server fail.",
  });
}

/** Instances without a leader among them. */
export function noLeader(
  job: string,
  alert: string,
  noLeaderSeconds: number,
  annotations: AlertingRule["annotations"],
): AlertingRule {
  return {
    alert,
    why: "Where leaders are not elected there is no such series.",
    expr: `max by (job) (leader_election_master_status{job="${job}", name="${job}"}) == 0`,
    for: `${noLeaderSeconds}s`,
    labels: { severity: "critical" },
    annotations,
  };
}
