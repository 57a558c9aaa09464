import type { AlertingRule, RuleFile } from "../../../../metrics/rule-file.js";
import type { Finding } from "../check.js";
import type { RuleCheck } from "./check.js";

/** An alert, and the generator that wrote it. */
export interface Alert {
  readonly rule: AlertingRule;
  readonly source: string;
}

/** Every alert of these files. Some names are there twice, once for each severity. */
export function alertsOf(files: readonly Pick<RuleFile, "source" | "groups">[]): readonly Alert[] {
  return files.flatMap(({ source, groups }) =>
    groups.flatMap(({ rules }) => rules.flatMap((rule) => ("alert" in rule ? [{ rule, source }] : []))),
  );
}

/** Every alert says what is wrong: the same sentence wherever it fires, and then where and how much. */
export const alerts: RuleCheck = {
  name: "alerts",
  run: async ({ all }) => alertsOf(all).flatMap(annotationFindings),
};

/** What is wrong with what an alert says of itself. */
export function annotationFindings({ rule, source }: Alert): readonly Finding[] {
  const { summary, description } = rule.annotations;
  const object = `${source}: alert ${rule.alert}`;
  return [
    ...(summary.trim() === "" || description.trim() === ""
      ? [{ object, message: "has no summary or no description", fix: "say what is wrong, and where" }]
      : []),
    ...(/\{\{/.test(summary)
      ? [{ object, message: "has values in its summary", fix: "move them to the description: a summary groups alerts" }]
      : []),
    ...(/^[A-Z][A-Za-z0-9]*$/.test(rule.alert)
      ? []
      : [{ object, message: "is not named in CamelCase", fix: "name it as NodeFilesystemAlmostOutOfSpace is named" }]),
  ];
}
