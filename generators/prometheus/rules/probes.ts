import type { AlertingRule, RuleFile } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { alertingRule } from "./alerting-rule.js";

const job = 'job="probes"';

const last = (metric: string) => `last_over_time(${metric}{${job}}[2m])`;

/** Seconds that are left. */
const left = `((${last("probe_ssl_last_chain_expiry_timestamp_seconds")} > 0) or ${last("probe_ssl_earliest_cert_expiry")}) - time()`;
const daySeconds = 86_400;

/** What is probed from outside: whether it answers, how fast, and until when its certificate is valid. */
export function probes({ thresholds }: Settings): RuleFile {
  const { failedSeconds, slowSeconds, certificateWarningDays, certificateCriticalDays } = thresholds.probes;
  return {
    subject: "probes",
    about: "What is probed from outside: whether it answers, how fast, and until when its certificate is valid.",
    source: "generators/prometheus/rules/probes.ts",
    jobs: ["probes"],
    groups: [
      {
        name: "probes",
        why: "Windows of 2 minutes bridge a scrape that fails: it neither ends an alert nor begins its `for` anew.",
        rules: [
          alertingRule({
            alert: "ProbeFailed",
            expr: `${last("probe_success")} == 0`,
            for: `${failedSeconds}s`,
            severity: "critical",
            summary: "Something that is probed does not answer as it should.",
            description: "The probe {{ $labels.module }} of {{ $labels.instance }} fails.",
          }),
          alertingRule({
            alert: "ProbeSlow",
            why: "A probe that fails may have waited for long, and has an alert already.",
            expr: `avg_over_time(probe_duration_seconds{${job}}[5m]) > ${slowSeconds} and max_over_time(probe_success{${job}}[5m]) == 1`,
            for: "10m",
            severity: "warning",
            summary: "Something that is probed answers slowly.",
            description:
              "The probe {{ $labels.module }} of {{ $labels.instance }} takes {{ $value | humanizeDuration }} on average of 5 minutes.",
          }),
          expiresSoon("warning", certificateWarningDays),
          expiresSoon("critical", certificateCriticalDays),
          alertingRule({
            alert: "ProbeCertificateExpired",
            why: "A probe that checks the certificate fails instead, and has no such series.",
            expr: `-(${left}) >= 0`,
            severity: "critical",
            summary: "A certificate is not valid any more.",
            description: "The certificate of {{ $labels.instance }} ended {{ $value | humanizeDuration }} ago.",
          }),
        ],
      },
    ],
  };
}

function expiresSoon(severity: "warning" | "critical", days: number): AlertingRule {
  return alertingRule({
    alert: "ProbeCertificateExpiresSoon",
    why: "A server may send certificates that its visitors do not need: the chain that lasts longest counts. A probe that does not check certificates has no chain, and says so by a time before 1970.",
    expr: `(${left} > 0) < ${days} * ${daySeconds}`,
    for: "15m",
    severity,
    summary: "A certificate ends soon.",
    description: "The certificate of {{ $labels.instance }} is valid for another {{ $value | humanizeDuration }}.",
  });
}
