import type { RuleFile } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";

/** The stack at large: whether its targets answer, and whether its alerts arrive. */
export function targets({ thresholds }: Settings): RuleFile {
  const { downRatio, downSeconds } = thresholds.targets;
  return {
    subject: "targets",
    source: "generators/prometheus/rules/targets.ts",
    jobs: [],
    groups: [
      {
        name: "targets",
        rules: [
          {
            alert: "TargetDown",
            expr: `1 - avg by (job) (up) > ${downRatio}`,
            for: `${downSeconds}s`,
            labels: { severity: "warning" },
            annotations: {
              summary: "Targets of a job do not answer.",
              description: "{{ $value | humanizePercentage }} of the targets of job {{ $labels.job }} are down.",
            },
          },
          {
            // Always fires: that it arrives proves the way from here to whoever is paged.
            alert: "Watchdog",
            expr: "vector(1)",
            labels: { severity: "none" },
            annotations: {
              summary: "Alerting works from end to end.",
              description: "This alert always fires. A receiver that misses it knows that alerts do not get through.",
            },
          },
          {
            // Nobody is told of this one: Alertmanager holds back the info alerts of a namespace while it fires.
            alert: "InfoInhibitor",
            // Counted by namespace: two info alerts of one namespace would otherwise be the same alert twice, an error.
            expr: 'count by (namespace) (ALERTS{alertstate="firing", severity="info"}) unless on (namespace) ALERTS{alertstate="firing", severity=~"warning|critical"}',
            labels: { severity: "none" },
            annotations: {
              summary: "Info alerts fire where nothing worse does.",
              description: "Info alerts that are held back in namespace {{ $labels.namespace }}: {{ $value }}.",
            },
          },
        ],
      },
    ],
  };
}
