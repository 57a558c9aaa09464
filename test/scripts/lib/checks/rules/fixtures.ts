import type { Alert } from "../../../../../scripts/lib/checks/rules/alerts.js";

/** An alert that is as it should be. */
export function alert(name: string, more: Partial<Alert["rule"]["annotations"]> = {}, expr = "up == 0"): Alert {
  return {
    source: "generators/prometheus/rules/sample.ts",
    rule: {
      alert: name,
      expr,
      labels: { severity: "warning" },
      annotations: { summary: "Something is down.", description: "{{ $labels.job }} is down.", ...more },
    },
  };
}
