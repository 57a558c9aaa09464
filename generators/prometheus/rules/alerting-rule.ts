import type { AlertingRule, Severity } from "../../../metrics/rule-file.js";

type Said = Omit<AlertingRule, "labels" | "annotations"> &
  AlertingRule["annotations"] & { readonly severity: Severity };

/** A rule whose only label is its severity, and which says nothing but its summary and description. */
export function alertingRule({ severity, summary, description, ...rule }: Said): AlertingRule {
  return { ...rule, labels: { severity }, annotations: { summary, description } };
}
