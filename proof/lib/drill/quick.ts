import { parse, stringify } from "yaml";
import type { AlertmanagerConfig } from "../../../generators/alertmanager/types.js";
import { milliseconds } from "../../../metrics/duration.js";
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

/** How many times as fast time goes by in {@link hurriedRules}: of five minutes remain two scrapes, the least that a rate takes. */
const hurry = 10;

/** No alert waits less in {@link hurriedRules}, but one of the bundle that does: pods, and finding them, take as long as ever. */
const leastForSeconds = 90;

/** No window is shorter in {@link hurriedRules}, and Prometheus should look back no longer for the last sample of a series. */
export const leastWindowSeconds = 30;

/**
 * Groups about how busy and how full the machine is, which is what other tests do to it meanwhile; and about trends of hours,
 * which say nothing once they are minutes.
 */
const unhurried = ["node-filesystem", "node-resources", "kubernetes-apiservers-requests", "prometheus-growth"];

/** A file of rules in which a quarter of an hour takes a minute and a half: how long alerts wait, and how far back they look. */
export function hurriedRules(text: string): string {
  const { groups } = parse(text) as { groups: readonly RuleGroup[] };
  return stringify({ groups: groups.map((group) => (unhurried.includes(group.name) ? group : hurried(group))) });
}

function hurried({ interval, ...group }: RuleGroup): RuleGroup {
  const shorter = (duration: string, least: number) => {
    const seconds = milliseconds(duration) / 1000;
    return `${Math.max(Math.round(seconds / hurry), Math.min(seconds, least))}s`;
  };
  return {
    ...group,
    rules: group.rules.map((rule) => ({
      ...rule,
      expr: rule.expr
        .replaceAll(/\[(\d+[smhd])\]/g, (_, window) => `[${shorter(window, leastWindowSeconds)}]`)
        .replaceAll(/(?<= offset )\d+[smhd]/g, (offset) => shorter(offset, 1)),
      ...("for" in rule && rule.for !== undefined && { for: shorter(rule.for, leastForSeconds) }),
      ...("keep_firing_for" in rule &&
        rule.keep_firing_for !== undefined && { keep_firing_for: shorter(rule.keep_firing_for, 1) }),
    })),
  };
}

/** Alertmanager's configuration that tells sooner; the Watchdog keeps its own times. */
export function quickAlertmanager(text: string): string {
  const config = parse(text) as AlertmanagerConfig;
  return stringify({
    ...config,
    route: { ...config.route, group_wait: `${groupWaitSeconds}s`, group_interval: "10s" },
  });
}
