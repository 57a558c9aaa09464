import { type HistogramForm, histogram } from "../../../metrics/promql/histogram.js";
import type { RuleFile } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { alertingRule } from "./alerting-rule.js";
import { instanceUnreachable, jobDown } from "./instances.js";
import { lines } from "./lines.js";

const job = "coredns";

/** The cluster's DNS. */
export function coredns({ thresholds }: Settings, form: HistogramForm): RuleFile {
  const limits = thresholds.coredns;
  const requests = histogram(form, "coredns_dns_request_duration_seconds", `job="${job}"`, { rate: "5m" });
  return {
    subject: job,
    about: "CoreDNS, the cluster's name server: whether it answers, how fast and how well.",
    source: "generators/prometheus/rules/coredns.ts",
    jobs: [job, "prometheus"],
    groups: [
      {
        name: job,
        rules: [
          jobDown(job, "CoreDNSDown", limits.downSeconds, {
            summary: "No CoreDNS answers.",
            description: "Prometheus reaches no CoreDNS: names may not be resolved in the whole cluster.",
          }),
          instanceUnreachable(job, "CoreDNSInstanceUnreachable", limits.unreachableSeconds, {
            summary: "A CoreDNS does not answer.",
            description: "Prometheus does not reach CoreDNS at {{ $labels.instance }}, but reaches others.",
          }),
          alertingRule({
            alert: "CoreDNSServfailRatioHigh",
            why: "The series of a result is there only once the result was given.",
            expr: lines(
              `sum(rate(coredns_dns_responses_total{job="${job}", rcode="SERVFAIL"}[5m]))`,
              `/ sum(rate(coredns_dns_responses_total{job="${job}"}[5m])) > ${limits.servfailRatio}`,
            ),
            for: "10m",
            severity: "warning",
            summary: "CoreDNS fails to resolve names.",
            description: "{{ $value | humanizePercentage }} of the questions are answered with SERVFAIL.",
          }),
          alertingRule({
            alert: "CoreDNSLatencyHigh",
            expr: `${requests.quantile(0.99, "zone")} > ${limits.latencySeconds}`,
            for: "10m",
            severity: "warning",
            summary: "CoreDNS answers slowly.",
            description:
              "The slowest hundredth of the questions about zone {{ $labels.zone }} takes over {{ $value | humanizeDuration }}.",
          }),
          alertingRule({
            alert: "CoreDNSUpstreamsDown",
            expr: `sum by (instance) (increase(coredns_forward_healthcheck_broken_total{job="${job}"}[5m])) > 0`,
            for: "5m",
            severity: "warning",
            summary: "CoreDNS has no healthy upstream.",
            description: "To CoreDNS at {{ $labels.instance }} every server that it forwards to is unhealthy.",
          }),
          alertingRule({
            alert: "CoreDNSPanics",
            expr: `sum by (instance) (increase(coredns_panics_total{job="${job}"}[10m])) > 0`,
            keep_firing_for: "10m",
            severity: "warning",
            summary: "CoreDNS panics.",
            description:
              'CoreDNS at {{ $labels.instance }} panicked {{ printf "%.0f" $value }} times within 10 minutes.',
          }),
        ],
      },
    ],
  };
}
