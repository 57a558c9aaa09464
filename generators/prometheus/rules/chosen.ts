import { nearest } from "../../../metrics/promql/nearest.js";
import type { AlertingRule, RuleFile } from "../../../metrics/rule-file.js";
import { type Problem, type Settings, WrongSettings } from "../../settings/index.js";

/**
 * The rules as the setting `alerts` wants them: without those that are off, and each with the severity that it is given.
 *
 * @throws WrongSettings that names an alert which does not exist, or has no severity to give.
 */
export function chosen(files: readonly RuleFile[], { alerts }: Settings): readonly RuleFile[] {
  if (Object.keys(alerts).length === 0) return files;
  const all = files.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules.filter((rule) => "alert" in rule)));
  const wrong = Object.keys(alerts).flatMap((name) => problemOf(name, alerts[name]?.severity, all));
  if (wrong.length > 0) throw new WrongSettings(wrong);
  const groupsOf = ({ groups }: RuleFile) =>
    groups.map((group) => ({
      ...group,
      rules: group.rules.flatMap((rule) => {
        const { off, severity } = ("alert" in rule && alerts[rule.alert]) || {};
        if (off !== undefined) return [];
        return severity === undefined ? [rule] : [{ ...rule, labels: { ...rule.labels, severity } } as AlertingRule];
      }),
    }));
  return files
    .map((file) => ({ ...file, groups: groupsOf(file).filter(({ rules }) => rules.length > 0) }))
    .filter(({ groups }) => groups.length > 0);
}

/** Names of the alerts that are off. */
export function alertsOff({ alerts }: Pick<Settings, "alerts">): readonly string[] {
  return Object.keys(alerts).filter((name) => alerts[name]?.off !== undefined);
}

function problemOf(name: string, severity: string | undefined, all: readonly AlertingRule[]): Problem[] {
  const severities = all.filter(({ alert }) => alert === name).map(({ labels }) => labels.severity);
  const path = ["alerts", name];
  const says = (message: string): Problem[] => [
    { path, message: `setting ${JSON.stringify(`alerts.${name}`)} ${message}` },
  ];
  if (severities.length === 0) {
    const near = nearest(
      name,
      all.map(({ alert }) => alert),
    );
    const right = near === undefined ? "docs/alerts.md lists them" : `did you mean ${near}?`;
    return says(`is about no alert: ${right}`).map((problem) => ({ ...problem, isUnknown: true }));
  }
  if (severity === undefined) return [];
  if (severities.length > 1) {
    return says(`gives a severity to an alert that has ${severities.join(" and ")}: set its thresholds instead`);
  }
  if (severities[0] === "none") return says("gives a severity to an alert that tells nobody: leave it out");
  return [];
}
