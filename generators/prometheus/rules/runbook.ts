import type { AlertingRule, RecordingRule, RuleFile, Why } from "../../../metrics/rule-file.js";
import { because } from "../../lib/because.js";
import { bridged } from "./bridge.js";

/** What many expressions of a file have for the same reason, which is said once. */
const habits: readonly { readonly seen: RegExp; readonly why: string }[] = [
  {
    seen: /^or max without .* \(ALERTS\{/m,
    why: "The last lines of an alert, from its own ALERTS on, are for a move of kube-state-metrics: while that is away, at most 5 minutes, the alert stays what it was. No alert carries the address of kube-state-metrics, which a move changes.",
  },
  {
    seen: /(max|min|last)_over_time\([^[]+\[5m\]\)/,
    why: "A maximum, minimum or last value of 5 minutes bridges a scrape that fails: that neither ends an alert nor begins its `for` anew.",
  },
  { seen: /\/ .*\(.* > 0\)/, why: "Below a fraction, `> 0` leaves out what would be divided by zero." },
];

/**
 * A file of rules as Prometheus reads it, with its reasons. Each alert carries the address of its runbook, and outlasts a move of
 * its source.
 */
export function withRunbooks(file: RuleFile, runbooks: string): object {
  const { groups } = bridged(file);
  const expressions = groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)).join("\n");
  const notes = habits.filter(({ seen }) => seen.test(expressions)).map(({ why }) => why);
  const written = groups.map((group) =>
    explained({ ...group, rules: group.rules.map((rule) => explained(withRunbook(rule, runbooks))) }),
  );
  return because({ groups: written }, notes.length > 0 ? { groups: notes.join(" ") } : {});
}

function withRunbook(rule: RecordingRule | AlertingRule, runbooks: string): RecordingRule | AlertingRule {
  if (!("alert" in rule)) return rule;
  const { excuses: _, ...written } = rule;
  const annotations = { ...rule.annotations, runbook_url: `${runbooks}/${rule.alert}.md` };
  return { ...written, annotations };
}

/** Without the reasons as data, as Prometheus would not know them. */
function explained<T extends { readonly why?: Why }>({ why, ...written }: T): object {
  return why === undefined ? written : because<object>(written, why);
}
