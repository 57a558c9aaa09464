import type { AlertingRule, RuleFile } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { alertingRule } from "./alerting-rule.js";

/** One way to ask the API server that keeps failing. */
function failing(verb: "list" | "watch", alert: string, errorSeconds: number): AlertingRule {
  return alertingRule({
    alert,
    why: "A failure is tried again within half a minute, so while it lasts the rate is above zero. The series of a result is there only once the result was seen.",
    expr: `sum by (resource) (rate(kube_state_metrics_${verb}_total{job="kube-state-metrics-telemetry", result="error"}[5m])) > 0`,
    for: `${errorSeconds}s`,
    severity: "critical",
    summary: `kube-state-metrics cannot ${verb} objects.`,
    description: `For long, attempts to ${verb} {{ $labels.resource }} have failed: what is reported of them is missing or old.`,
  });
}

/** What kube-state-metrics says of itself, at a port of its own. */
export function kubeStateMetricsTelemetry({ thresholds }: Settings): RuleFile {
  const { errorSeconds } = thresholds.kubeStateMetrics;
  return {
    subject: "kube-state-metrics-telemetry",
    about: "What kube-state-metrics says of itself, at a port of its own.",
    source: "generators/prometheus/rules/kube-state-metrics-telemetry.ts",
    jobs: ["kube-state-metrics-telemetry"],
    groups: [
      {
        name: "kube-state-metrics-telemetry",
        rules: [
          failing("list", "KubeStateMetricsListErrors", errorSeconds),
          failing("watch", "KubeStateMetricsWatchErrors", errorSeconds),
        ],
      },
    ],
  };
}
