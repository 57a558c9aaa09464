import { parse, stringify } from "yaml";
import type { AlertmanagerConfig } from "../../../generators/alertmanager/types.js";
import type { RuleGroup } from "../../../metrics/rule-file.js";

/** How long an alert waits in a drill, in place of its `for`. */
export const forSeconds = 15;

/** How long Alertmanager waits in a drill for others of the group, in place of `group_wait`. */
export const groupWaitSeconds = 5;

/**
 * A file of rules in which these alerts fire, and end, sooner: nothing but how long they wait, and how far back they look, is not
 * as in the bundle.
 */
export function quickRules(text: string, alerts: readonly string[]): string {
  const { groups } = parse(text) as { groups: readonly RuleGroup[] };
  return stringify({
    groups: groups.map(({ interval, ...group }) => ({
      ...group,
      rules: group.rules.map((rule) => {
        if (!("alert" in rule) || !alerts.includes(rule.alert)) return rule;
        const moment = `${forSeconds}s`;
        const ends = rule.keep_firing_for === undefined ? {} : { keep_firing_for: moment };
        return { ...rule, for: moment, ...ends, expr: sooner(rule.expr) };
      }),
    })),
  });
}

function sooner(expression: string): string {
  return expression.replaceAll(/\[\d+m\]/g, "[1m]").replaceAll(/ offset \d+[sm]/g, ` offset ${forSeconds}s`);
}

/** Alertmanager's configuration that tells sooner; the Watchdog keeps its own times. */
export function quickAlertmanager(text: string): string {
  const config = parse(text) as AlertmanagerConfig;
  return stringify({
    ...config,
    route: { ...config.route, group_wait: `${groupWaitSeconds}s`, group_interval: "10s" },
  });
}
