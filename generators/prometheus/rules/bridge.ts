import { type Selector, standsOn } from "../../../metrics/promql/selectors.js";
import type { AlertingRule, RuleFile } from "../../../metrics/rule-file.js";
import { lines } from "./lines.js";

const up = 'up{job="kube-state-metrics"}';

/** kube-state-metrics was there a moment ago, and does not answer or has only just come back. */
const away = lines(`and on () max_over_time(${up}[5m]) == 1`, `unless on () (${up} == 1 and ${up} offset 1m == 1)`);

/**
 * Carries alerts over a move of kube-state-metrics. With it all that it tells is gone, and with that each alert: those that
 * fire would resolve, and those that wait begin to wait anew. While it is away, at most five minutes, an alert stays what
 * it was, by the series that Prometheus itself makes of it.
 */
export function bridged(file: RuleFile): RuleFile {
  const rules = file.groups.flatMap(({ rules }) => rules);
  const records = new Set(
    rules.flatMap((rule) => ("record" in rule && standsOn(rule.expr).some(ofState) ? [rule.record] : [])),
  );
  const carried = ({ expr }: AlertingRule) =>
    standsOn(expr).some((selector) => ofState(selector) || records.has(selector.metric ?? ""));
  return {
    ...file,
    groups: file.groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => ("alert" in rule && carried(rule) ? bridge(rule) : rule)),
    })),
  };
}

function ofState({ metric, matchers }: Selector): boolean {
  return metric !== "up" && matchers.some(({ label, value }) => label === "job" && value === "kube-state-metrics");
}

function bridge({ alert, expr, for: waits, keep_firing_for = "5m", ...rest }: AlertingRule): AlertingRule {
  const same = `alertname="${alert}", severity="${rest.labels.severity}"`;
  return {
    alert,
    expr: lines(expr, `or max without (alertname, alertstate, severity) (ALERTS{${same}})`, away),
    ...(waits !== undefined && { for: waits }),
    keep_firing_for,
    ...rest,
  };
}
