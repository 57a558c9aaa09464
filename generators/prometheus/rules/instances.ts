import type { AlertingRule } from "../../../metrics/rule-file.js";
import { lines } from "./lines.js";

/** Nothing of a job answers, whether its targets are down or nobody finds them any more. */
export function jobDown(
  job: string,
  alert: string,
  downSeconds: number,
  annotations: AlertingRule["annotations"],
): AlertingRule {
  return {
    alert,
    expr: `absent(up{job="${job}"} == 1)`,
    for: `${downSeconds}s`,
    labels: { severity: "critical", job },
    annotations,
  };
}

/** One target of a job is down while others answer: when all are, {@link jobDown} says so. */
export function instanceUnreachable(
  job: string,
  alert: string,
  unreachableSeconds: number,
  annotations: AlertingRule["annotations"],
): AlertingRule {
  return {
    alert,
    expr: lines(`up{job="${job}"} == 0`, `and on (job) up{job="${job}"} == 1`),
    for: `${unreachableSeconds}s`,
    labels: { severity: "warning" },
    annotations,
  };
}

/** A part of Kubernetes whose own requests to the API server fail. Every such part counts them alike. */
export function clientErrors(job: string, errorRatio: number): AlertingRule {
  return {
    alert: "KubeClientErrors",
    expr: lines(
      `sum by (job, instance) (rate(rest_client_requests_total{job="${job}", code=~"5..|<error>"}[5m]))`,
      `/ sum by (job, instance) (rate(rest_client_requests_total{job="${job}"}[5m])) > ${errorRatio}`,
    ),
    for: "15m",
    labels: { severity: "warning" },
    annotations: {
      summary: "A part of Kubernetes fails to talk to the API server.",
      description:
        "{{ $value | humanizePercentage }} of the requests of {{ $labels.job }} at {{ $labels.instance }} to the API server fail.",
    },
  };
}

/** Instances of which one is to lead, and none does. Where leaders are not elected there is no such series. */
export function noLeader(
  job: string,
  alert: string,
  noLeaderSeconds: number,
  annotations: AlertingRule["annotations"],
): AlertingRule {
  return {
    alert,
    expr: `max by (job) (leader_election_master_status{job="${job}", name="${job}"}) == 0`,
    for: `${noLeaderSeconds}s`,
    labels: { severity: "critical" },
    annotations,
  };
}
