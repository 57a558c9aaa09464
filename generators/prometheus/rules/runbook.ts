import type { AlertingRule, RecordingRule } from "./types.js";

/** A rule as Prometheus reads it: an alert carries the address of its runbook. */
export function withRunbook(rule: RecordingRule | AlertingRule, runbooks: string): object {
  if (!("alert" in rule)) return rule;
  return { ...rule, annotations: { ...rule.annotations, runbook_url: `${runbooks}/${rule.alert}.md` } };
}
