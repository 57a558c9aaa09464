import type { RuleFile } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { alertingRule } from "./alerting-rule.js";
import { jobDown } from "./instances.js";

const job = "blackbox-exporter";

/** blackbox-exporter itself: without it nothing is known of what it probes. */
export function blackboxExporter({ thresholds }: Settings): RuleFile {
  return {
    subject: job,
    about: "blackbox-exporter itself: without it nothing is known of what it probes.",
    source: "generators/prometheus/rules/blackbox-exporter.ts",
    jobs: [job, "prometheus"],
    groups: [
      {
        name: job,
        rules: [
          jobDown(job, "BlackboxExporterDown", thresholds.blackboxExporter.downSeconds, {
            summary: "No blackbox-exporter answers.",
            description: "Prometheus reaches no blackbox-exporter: nothing is probed, and no probe can fail.",
          }),
          alertingRule({
            alert: "BlackboxExporterFailedReload",
            expr: `last_over_time(blackbox_exporter_config_last_reload_successful{job="${job}"}[5m]) == 0`,
            for: "5m",
            severity: "warning",
            summary: "blackbox-exporter cannot load its configuration.",
            description:
              "{{ $labels.instance }} goes on with the last configuration that it could load; a restart would end it.",
          }),
          alertingRule({
            alert: "BlackboxExporterUnknownModule",
            expr: `increase(blackbox_module_unknown_total{job="${job}"}[5m]) > 0`,
            for: "10m",
            severity: "warning",
            summary: "A probe asks for a module that there is not.",
            description:
              'Within 5 minutes, {{ $labels.instance }} was asked {{ $value | printf "%.0f" }} times for a module that its configuration does not have: those addresses are not probed.',
          }),
        ],
      },
    ],
  };
}
