import type { AlertingRule, RecordingRule, RuleFile } from "../../../metrics/rule-file.js";
import { bridged } from "./bridge.js";

/** A file of rules as Prometheus reads it: each alert carries the address of its runbook, and outlasts a move of its source. */
export function withRunbooks(file: RuleFile, runbooks: string): object {
  const { groups } = bridged(file);
  return {
    groups: groups.map((group) => ({ ...group, rules: group.rules.map((rule) => withRunbook(rule, runbooks)) })),
  };
}

function withRunbook(rule: RecordingRule | AlertingRule, runbooks: string): object {
  if (!("alert" in rule)) return rule;
  const { excuses: _, ...written } = rule;
  return { ...written, annotations: { ...rule.annotations, runbook_url: `${runbooks}/${rule.alert}.md` } };
}
